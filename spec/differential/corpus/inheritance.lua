--- Templates that use each other through a loader: include, import, from, extends, blocks, super, required, contexts.
local list <const> = require("differential").list()

local CONTEXT <const> = '{"x":"X","l":[1,2],"h":"<b>","yes":true,"no":false,"page":"base","n":null}'
local TEMPLATES <const> = {
  base = "[{% block head %}H{{ x }}{% endblock %}|{% block body %}B{% endblock %}|{{ title }}]\n",
  mid = "{% extends 'base' %}{% set title = 'T' %}{% block body %}M{{ super() }}{% endblock %}",
  plain = "plain {{ x }}{{ q }}{{ i }}",
  loopy = "{% for i in l %}{{ i }}{{ loop.index }}{% endfor %}{{ loop is defined }}",
  looped = "<{{ loop.index }}{{ loop.last }}>",
  macros = "{% macro m(a, b=2) %}m{{ a }}{{ b }}{{ x }}{% endmacro %}{% macro _p() %}p{% endmacro %}{% set v = 5 %}{% set _w = 6 %}body",
  uses = "{% import 'macros' as mm %}{{ mm.m(1) }}{% set own = 1 %}",
  nested = "({% include 'plain' %})",
  self_include = "{% include 'self_include' %}",
  self_extends = "{% extends 'self_extends' %}",
  broken = "a\n{{ 1 + }}",
  fails = "a\n{{ nope.x }}",
  required = "{% block must required %}{% endblock %}ok",
  requires = "{% extends 'required' %}",
  fills = "{% extends 'required' %}{% block must %}filled{% endblock %}",
  scoped = "{% for i in l %}{% block item scoped %}{{ i }}{% endblock %};{% endfor %}",
  unscoped = "{% for i in l %}{% block item %}{{ i }}{% endblock %};{% endfor %}",
  caller = "{% macro wrap() %}<{{ caller() }}>{% endmacro %}{% macro each(l) %}{% for i in l %}{{ caller(i) }}{% endfor %}{% endmacro %}",
  sets = "{% set title = 'from parent' %}{% block a %}{{ title }}{% endblock %}{{ title }}",
  layers = "{% extends 'mid' %}{% block head %}L{{ super() }}{{ self.body() }}{% endblock %}",
  counter = "{% set ns = namespace(n=0) %}{% macro inc() %}{% set ns.n = ns.n + 1 %}{{ ns.n }}{% endmacro %}",
  filters = "{{ x|nope }}",
  trailing = "line\n",
  inline = "{{ (1 if no).x }}",
  wraps = "{% macro w(x) %}[{{ caller(x) }}]{% endmacro %}{% call(q) w(l) %}{{ q }}{% endcall %}",
}

local function lines(text, more)
  local options <const> = { templates = TEMPLATES }
  for name, v in pairs(more or {}) do options[name] = v end
  list:lines(CONTEXT, text, options)
end

lines [=[
{% include 'plain' %}
{% include "plain" %}{% include 'plain' %}
{% set q = 'Q' %}{% include 'plain' %}{% set x = 'local' %}{% include 'plain' %}
{% for i in l %}{% include 'plain' %}{% endfor %}
{% for i in l %}{% include 'looped' %}{% endfor %}
{% for i in l %}{% include 'looped' without context %}{% endfor %}
{% for i in l %}{% include 'loopy' %}{% endfor %}
{% with q = 1 %}{% include 'plain' %}{% endwith %}
{% include 'plain' without context %}
{% include 'plain' with context %}
{% include page %}
{% include ['gone', 'plain'] %}
{% include ['gone', 'away'] ignore missing %}ok
{% include ['plain', 'base'] with context %}
{% include 'gone' ignore missing %}ok{% include 'gone' ignore missing with context %}{% include 'plain' ignore missing without context %}
{% include 'gone' %}
{% include ['gone', nope] %}
{% include [nope] %}
{% include [] %}
{% include [] ignore missing %}ok
{% include nope %}
{% include n %}
{% include 5 %}
{% include 'no' if no else 'plain' %}
{% include 'pl' ~ 'ain' %}
{% if no %}{% include 'gone' %}{% endif %}ok
{% include 'nested' %}
{% include 'base' %}{% include 'mid' %}{% include 'layers' %}
{% include 'trailing' %}{% include 'trailing' %}.
{% include 'broken' %}
{% include 'broken' ignore missing %}
{% include 'fails' %}
{% include 'filters' %}
{% include 'self_include' %}
{% macro m() %}{% include 'plain' %}{% endmacro %}{% set q = 1 %}{{ m() }}
{% macro m(q) %}{% include 'plain' %}{% endmacro %}{{ m('arg') }}
{% set a %}{% include 'plain' %}{% endset %}[{{ a }}]
{% filter upper %}{% include 'plain' %}{% endfilter %}
{% set x = 1 %}{% include 'uses' %}{{ own is defined }}{{ mm is defined }}
{% for i in 'ab' %}{{ loop.index }}{% import 'macros' as loop %}{{ loop.m(1) }}{{ loop.index }}|{% endfor %}
{% for i in 'ab' %}{{ loop.last }}{% from 'macros' import m as loop %}{{ loop(1) }}{{ loop.index }}|{% endfor %}
{% extends 'base' %}{% extends +'base' %}
{% import 'macros' as mm %}{{ mm.m(1) }}{{ mm.v }}{{ mm }}{{ mm._p is defined }}{{ mm._w is defined }}{{ mm.nope }}|{{ mm.x is defined }}
{% import 'macros' as mm with context %}{{ mm.m(1) }}{{ mm.m(1, b=3) }}
{% import 'macros' as mm without context %}{{ mm.m(1) }}
{% import 'macros' as mm %}{{ mm.nope() }}
{% import 'macros' as mm %}{{ mm.nope.x }}
{% import 'macros' as mm %}{{ [mm] }}{{ mm is defined }}{{ mm.m.name }}{{ mm['v'] }}
{% import 'uses' as u %}{{ u.own }}{{ u.mm is defined }}{{ u }}
{% import 'gone' as g %}
{% import nope as g %}
{% import 'broken' as g %}
{% import 'self_include' as g %}
{% from 'macros' import m %}{{ m('a') }}
{% from 'macros' import m as mac, v %}{{ mac('a') }}{{ v }}{{ m is defined }}
{% from 'macros' import m with context %}{{ m('a') }}
{% from 'macros' import m, v without context %}{{ m('a') }}{{ v }}
{% from 'macros' import nope %}{{ nope is defined }}|{{ nope }}
{% from 'macros' import nope %}{{ nope() }}
{% from 'macros' import gone as here %}{{ here.x }}
{% from 'macros' import _p %}
{% from 'gone' import x %}
{% from 'caller' import wrap, each %}{% call wrap() %}in{{ x }}{% endcall %}{% call(i) each(l) %}{{ i }}!{% endcall %}
{% import 'counter' as c %}{{ c.inc() }}{{ c.inc() }}{{ c.ns.n }}
{% for i in l %}{% import 'macros' as mm with context %}{{ mm.m(i) }}{% endfor %}{{ mm is defined }}
{% if yes %}{% import 'macros' as mm %}{% endif %}{{ mm.v }}
{% macro f() %}{% import 'macros' as mm %}{{ mm.v }}{% endmacro %}{{ f() }}
{% set x = 'S' %}{% from 'macros' import m with context %}{{ m(1) }}
{% extends 'base' %}
{% extends 'base' %}{% block body %}child{% endblock %}
{% extends 'base' %}{% block body %}c{{ super() }}c{% endblock %}{% block head %}{{ super() }}{{ super() }}{% endblock %}
{% extends 'base' %}ignored {{ nope.x }}{% set title = 'set' %}{% block unused %}u{% endblock %}
before{% extends 'base' %}after
{{ x }}{% extends 'base' %}
{% extends 'mid' %}{% block body %}[{{ super() }}]{% endblock %}
{% extends 'mid' %}{% block body %}[{{ super.super() }}]{% endblock %}
{% extends 'mid' %}{% block body %}[{{ super.super.super() }}]{% endblock %}
{% extends 'mid' %}{% block body %}{{ super }}{% endblock %}
{% extends 'layers' %}{% block body %}Z{{ super() }}{% endblock %}
{% extends page %}{% block body %}dyn{% endblock %}
{% extends 'base' if yes else 'mid' %}
{% extends 'gone' %}
{% extends nope %}
{% extends ['base'] %}
{% extends 'broken' %}
{% extends 'fails' %}
{% extends 'self_extends' %}
{% extends 'base' %}{% extends 'mid' %}
{% if yes %}{% extends 'base' %}{% endif %}text{% block body %}cond{% endblock %}
{% if no %}{% extends 'base' %}{% endif %}text{% block body %}cond{% endblock %}{{ x }}
{% if yes %}{% extends 'base' %}{% else %}{% extends 'mid' %}{% endif %}{% block body %}e{% endblock %}
{% if yes %}{% extends 'base' %}{% endif %}{% if yes %}{% extends 'mid' %}{% endif %}
{% extends 'base' %}{% for i in l %}{{ i }}{% endfor %}{% if yes %}t{% endif %}
{% extends 'base' %}{% set title %}{{ x }}!{% endset %}
{% extends 'base' %}{% set title = 'a' %}{% if yes %}{% set title = title ~ 'b' %}{% endif %}
{% extends 'base' %}{% macro m() %}mac{% endmacro %}{% block body %}{{ m() }}{% endblock %}
{% extends 'base' %}{% from 'macros' import m %}{% block body %}{{ m(1) }}{% endblock %}
{% extends 'base' %}{% import 'macros' as mm %}{% block body %}{{ mm.m(1) }}{% endblock %}
{% extends 'base' %}{% block body %}{% include 'plain' %}{% endblock %}
{% extends 'base' %}{% set q = 7 %}{% block body %}{% include 'plain' %}{% set q = 8 %}{% include 'plain' %}{% endblock %}
{% extends 'base' %}{% include 'plain' %}
{% extends 'base' %}{% filter upper %}x{% endfilter %}
{% extends 'base' %}{% filter default('shown', true) %}x{% endfilter %}
{% extends 'base' %}{% macro w() %}<{{ caller() }}>{% endmacro %}{% call w() %}c{% endcall %}
{% extends 'base' %}{% for i in l %}{% block body %}{{ i is defined }}{% endblock %}{% endfor %}
{% extends 'base' %}{% with t = 1 %}{{ t }}{% endwith %}
{% extends 'base' %}{% do 5 %}
{% extends 'base' %}{% print 1 %}{% raw %}raw{% endraw %}
{% extends 'sets' %}{% set title = 'child' %}
{% extends 'sets' %}{% block a %}[{{ title }}{{ super() }}]{% endblock %}
{% extends 'scoped' %}{% block item %}({{ i }}){% endblock %}
{% extends 'unscoped' %}{% block item %}({{ i }}){% endblock %}
{% extends 'scoped' %}{% block item %}({{ i }}{{ super() }}){% endblock %}
{% include 'scoped' %}{% include 'unscoped' %}
{% extends 'required' %}
{% extends 'required' %}{% block must %}yes{% endblock %}
{% extends 'fills' %}{% extends 'x' %}
{% extends 'fills' %}
{% extends 'fills' %}{% block must %}{{ super() }}+{% endblock %}
{% include 'required' %}
{% include 'requires' %}
{% include 'fills' %}
{% block a required %} {# c #} {% endblock %}
{% block a required %}{{ x }}{% endblock %}
{% block a %}{{ x }}{% block b %}{{ x }}{% endblock %}{% endblock %}{{ self.a() }}{{ self.b() }}
{% extends 'base' %}{% block body %}{% block inner %}i{% endblock %}{{ self.inner() }}{% endblock %}
{% extends 'base' %}{% block body %}{{ self.head() }}{{ self.nope is defined }}{{ self.body is defined }}{% endblock %}
{% extends 'base' %}{% block body %}{{ self.nope() }}{% endblock %}
{% extends 'base' %}{% block body %}{{ self }}{{ self.head }}{% endblock %}
{% block a %}{{ self }}{{ self.a.name }}{{ self.a.super }}{% endblock %}
{% set y = 1 %}{% block a %}{{ y }}{% set y = 2 %}{{ y }}{% endblock %}{{ y }}{% block b %}{{ y }}{% endblock %}
{% block a %}{% for i in l %}{{ loop.index }}{% include 'looped' %}{% endfor %}{% endblock %}
{% block a scoped %}{% set z = 1 %}{% block b scoped %}{{ z }}{% endblock %}{% endblock %}
{% for i in l %}{% block c scoped %}{{ i }}{{ loop.index }}{% block d scoped %}{{ i }}{% endblock %}{% endblock %}{% endfor %}
{% block a %}{{ super() }}{% endblock %}
{% extends 'base' %}{% block body %}{{ super.x }}{% endblock %}
{% extends 'base' %}{% block body %}{{ super(1) }}{% endblock %}
{% extends 'base' %}{% block nope %}{{ super() }}{% endblock %}{% block body %}{{ self.nope() }}{% endblock %}
{% extends 'base' %}{% block body %}{% for i in l %}{{ super() }}{{ i }}{% endfor %}{% endblock %}
{% extends 'base' %}{% block body %}{% set s = super() %}{{ s|lower }}{% filter lower %}{{ super() }}{% endfilter %}{% endblock %}
{% macro m() %}{{ self.a() }}{% endmacro %}{% block a %}A{% endblock %}{{ m() }}
{% autoescape true %}{% block auto %}{{ h }}{% endblock %}{{ self.auto() }}{{ [self.auto()] }}{% endautoescape %}{{ self.auto() }}
{% extends 'base' %}{% block body %}{% autoescape true %}{{ super() }}{{ h }}{{ self.head() }}{% set s = super %}{{ s() }}{% endautoescape %}{% endblock %}{% block head %}<{{ super() }}>{% endblock %}
{% autoescape yes %}{% block auto %}{{ h }}{% endblock %}{{ self.auto() }}{% endautoescape %}
{% include 'inline' %}
{% include 'base' %}{% block head %}own{% endblock %}
{% for i in l %}{{ loop.first }}{% for j in l %}{% include 'looped' %}{% endfor %}{% endfor %}
{% for i in l %}{% for j in l %}{{ loop.first }}{% endfor %}{% include 'looped' %}{% endfor %}
{% for i in l %}{% for j in l %}{{ loop.first }}{% include 'looped' %}{% endfor %}{% endfor %}
{% for i in l recursive %}{% include 'looped' %}{% endfor %}
{{ l.append(3) }}{% include 'loopy' %}{{ l }}
{% for i in l %}{% if loop.last %}{% include 'looped' %}{% endif %}{% endfor %}
]=]

lines([=[
{% include 'plain' %}{{ h }}{% set a %}{% include 'plain' %}{% endset %}{{ a }}
{% import 'macros' as mm with context %}{{ mm.m(h) }}{{ mm }}{{ mm.m('<') ~ '<' }}
{% from 'macros' import m %}{{ m(h) }}{{ [m(h)] }}
{% extends 'base' %}{% block body %}{{ h }}{{ super() }}{{ self.head() }}{% endblock %}
{% block a %}{{ h }}{% endblock %}{{ self.a() }}{{ self.a()|upper }}{{ [self.a()] }}
{% extends 'mid' %}{% block body %}{{ super() ~ '<' }}{{ super()|lower }}{% endblock %}{% set title = h %}
{% include 'nested' %}{% filter upper %}{% include 'plain' %}{{ h }}{% endfilter %}
{% set b | upper %}{% include 'macros' %}{% include 'plain' %}{% endset %}{{ b }}
{% set b | upper %}a{% include 'wraps' %}{{ h }}{% endset %}{{ b }}{% include 'wraps' %}
]=], { options = '{"autoescape": true}' })

lines([=[
{% include 'trailing' %}.{% include 'trailing' %}
{% extends 'base' %}{% do l.append(3) %}{% block body %}{{ l }}{% endblock %}
{% for i in l %}{% include 'plain' %}{% break %}{% endfor %}
]=], { options = '{"extensions": ["do", "loopcontrols"], "keep_trailing_newline": true}' })

return list
