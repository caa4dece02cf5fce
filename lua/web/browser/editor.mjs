// Fields of a page as editors: every textarea with data-language (jinja, json, text) is shown with colours, and what is wrong is
// underlined. The textarea stays what the form sends, and is all there is without a script.
//
// An editor stands in a shadow root, because only there the library's styles need no style element, which the page's policy forbids.
// `editor:problems` ({detail: [{line, text}]}) on a textarea says what is wrong with it; a change is told as its `input` event;
// a value set from outside is told by `editor:set` ({detail: text}).
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, bracketMatching, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const KEYWORDS = /^(?:and|as|autoescape|block|call|elif|else|endautoescape|endblock|endcall|endfilter|endfor|endif|endmacro|endraw|endset|endwith|extends|filter|for|from|if|import|in|include|is|macro|not|or|raw|recursive|set|with|without)$/;
const ATOMS = /^(?:true|false|none|True|False|None|loop)$/;

// Jinja2 by its delimiters; a string ends at the tag's end at the latest, so that one forgotten quote does not colour all that follows.
const jinja = StreamLanguage.define({
  name: "jinja",
  startState: () => ({ end: null }),
  token(stream, state) {
    if (!state.end) {
      const open = stream.match(/^\{(?:\{|%|#)[-+]?/);
      if (!open) { stream.next(); stream.eatWhile(/[^{]/); return null; }
      state.end = { "{": "}}", "%": "%}", "#": "#}" }[open[0][1]];
      return state.end === "#}" ? "comment" : "brace";
    }
    if (state.end === "#}") {
      if (stream.skipTo("#}")) { stream.match("#}"); state.end = null; } else stream.skipToEnd();
      return "comment";
    }
    if (stream.eatSpace()) return null;
    if (stream.match(/^[-+]?[}%]\}/)) { state.end = null; return "brace"; }
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^'(?:[^'\\]|\\.)*'?/)) return "string";
    if (stream.match(/^\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/)) return "number";
    if (stream.match(/^\|\s*[A-Za-z_]\w*/)) return "function";
    const word = stream.match(/^[A-Za-z_]\w*/);
    if (word) return KEYWORDS.test(word[0]) ? "keyword" : ATOMS.test(word[0]) ? "atom" : "variableName";
    stream.next();
    return "operator";
  },
  tokenTable: { function: tags.function(tags.variableName), brace: tags.brace },
});

// Only to be read: what is wrong with it the server says.
const json = StreamLanguage.define({
  name: "json",
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return stream.match(/^\s*:/, false) ? "propertyName" : "string";
    if (stream.match(/^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/)) return "number";
    if (stream.match(/^(?:true|false|null)\b/)) return "atom";
    stream.next();
    return "operator";
  },
});

const LANGUAGES = { jinja, json, text: [] };

// Colours are the page's own variables, so that they follow light and dark.
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.brace, tags.operatorKeyword], color: "var(--code-keyword)" },
  { tag: tags.string, color: "var(--code-string)" },
  { tag: [tags.number, tags.atom, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: [tags.function(tags.variableName), tags.propertyName], color: "var(--code-name)" },
  { tag: tags.comment, color: "var(--dim)", fontStyle: "italic" },
]);
const looks = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--card)", border: "1px solid var(--dim)", borderRadius: ".4rem", fontSize: ".9rem" },
  "&.cm-focused": { outline: "3px solid var(--focus)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "ui-monospace, monospace", lineHeight: "1.5", maxHeight: "30rem", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)", minHeight: "var(--editor-height, 6rem)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--ground)", color: "var(--dim)", borderRight: "1px solid var(--line)" },
  "& .cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": { backgroundColor: "var(--code-selected)" },
  ".cm-tooltip": { backgroundColor: "var(--card)", color: "var(--ink)", border: "1px solid var(--line)" },
});

// Left to itself a browser that replaces coloured text writes its colour into a style attribute, which the page's policy forbids.
const typed = EditorView.domEventHandlers({
  beforeinput(event, view) {
    if (event.inputType !== "insertText" || event.data === null || event.isComposing || view.state.readOnly) return false;
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(event.data), { scrollIntoView: true, userEvent: "input.type" });
    return true;
  },
});

const nameOf = (area) => area.getAttribute("aria-label") || (area.labels[0] ? area.labels[0].textContent.trim() : area.name);

const show = (view, problems) => {
  const found = problems.map(({ line, text }) => {
    const at = view.state.doc.line(Math.min(Math.max(line || 1, 1), view.state.doc.lines));
    return { from: at.from, to: at.to, severity: "error", message: text };
  });
  view.dispatch(setDiagnostics(view.state, found));
};

const edit = (area) => {
  const place = document.createElement("div");
  place.className = "editor";
  const root = place.attachShadow({ mode: "open" });
  area.after(place);
  place.addEventListener("keydown", (event) => event.stopPropagation()); // the page's own keys are letters here
  let isOurs = false;
  const view = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        lineNumbers(), history(), drawSelection(), bracketMatching(), EditorView.lineWrapping, indentUnit.of("  "),
        keymap.of([...defaultKeymap, ...historyKeymap, ...lintKeymap]), // Tab leaves the field, as in every other
        typed, LANGUAGES[area.dataset.language], syntaxHighlighting(colours), looks,
        EditorView.contentAttributes.of({ "aria-label": nameOf(area), tabindex: "0" }),
        EditorState.readOnly.of(area.readOnly),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          isOurs = true;
          area.value = update.state.doc.toString();
          area.dispatchEvent(new Event("input", { bubbles: true }));
          isOurs = false;
        }),
      ],
    }),
  });
  area.hidden = true;
  const put = (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
  area.addEventListener("editor:problems", (event) => show(view, event.detail));
  area.addEventListener("editor:set", (event) => put(event.detail));
  area.addEventListener("input", () => { if (!isOurs && area.value !== view.state.doc.toString()) put(area.value); });
  if (area.dataset.problem) show(view, [{ line: Number(area.dataset.line) || 1, text: area.dataset.problem }]);
};

const begin = (within) => {
  within.querySelectorAll("textarea[data-language]:not([hidden])").forEach(edit);
};
// What the page tells of each field: lines of the list that `data-problems` names, of this template where they say of which.
const tell = () => document.querySelectorAll("textarea[data-problems]").forEach((area) => {
  const lines = document.querySelectorAll(`#${area.dataset.problems} [data-line]`);
  const own = [...lines].filter((line) => (line.dataset.template || "") === (area.dataset.template || ""));
  const problems = own.map((line) => ({ line: Number(line.dataset.line), text: line.textContent.trim() }));
  area.dispatchEvent(new CustomEvent("editor:problems", { detail: problems }));
});

begin(document);
tell();
document.addEventListener("htmx:afterSettle", tell);
document.addEventListener("htmx:load", (event) => begin(event.detail.elt));
