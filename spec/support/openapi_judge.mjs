// What others make of our OpenAPI document: the whole by the specification's own schema, and answers by the schemas in it.
//
// In: {document, answers: [{schema, value}]}, a line of JSON; `schema` is a pointer into the document. Out: {valid, errors, answers: [null or why]}.
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { text } from 'node:stream/consumers';

const from = createRequire(path.resolve(import.meta.dirname ?? path.dirname(process.argv[1]), '../../vendor/npm/package.json'));
const entry = from.resolve('@seriousme/openapi-schema-validator');
const { Validator } = await import(pathToFileURL(entry));
const own = createRequire(entry);
const Ajv = own('ajv/dist/2020.js').default;
const formats = own('ajv-formats').default;

const { document, answers } = JSON.parse(await text(process.stdin));
const result = await new Validator().validate(structuredClone(document));
const ajv = new Ajv({ strict: false, allErrors: false });
formats(ajv);
ajv.addSchema(document, 'document');
const said = answers.map(({ schema, value }) => {
  const check = ajv.getSchema('document#' + schema) ?? ajv.compile({ $ref: 'document#' + schema });
  return check(value) ? null : ajv.errorsText(check.errors);
});
process.stdout.write(JSON.stringify({ valid: result.valid, errors: result.errors ?? null, answers: said }) + '\n');
