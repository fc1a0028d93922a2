import { KubectlError } from '../errors.js'
import { customColumns } from './custom-columns.js'
import { goJson } from './json.js'
import { evaluateTemplate, parseJsonPath, renderTemplate } from './jsonpath.js'

const FORMAT = /^(jsonpath|jsonpath-as-json|custom-columns)=(.*)$/s

/** Whether this is `jsonpath=...`, `jsonpath-as-json=...` or `custom-columns=...`. */
export function isTemplateFormat(format: string): boolean {
  return FORMAT.test(format) || /^(?:jsonpath|jsonpath-as-json|custom-columns)$/.test(format)
}

/** A value through a template format. Throws KubectlError when the template cannot be read. */
export function printTemplate(value: object, format: string): string {
  const [, kind = format, text = ''] = FORMAT.exec(format) ?? []
  if (text === '') throw new KubectlError(`template format specified but no template given`)
  if (kind === 'custom-columns') return customColumns(value, text)
  const template = parseJsonPath(text)
  if (kind === 'jsonpath') return renderTemplate(template, value)
  return evaluateTemplate(template, value).map((results) => `${goJson(results, '    ')}\n`).join('')
}
