import type { Call } from '../call.js'
import { isTemplateFormat, withTemplateFile } from './template.js'

/**
 * The output format that a command line asks for, with its template: `-o json`, `-o jsonpath-file=x`, `-o
 * go-template --template=...`.
 */
export function formatOf(call: Call): string {
  const { flags, files } = call
  const [format, template] = [flags.string('output'), flags.string('template')]
  if (template !== '' && (format === '' || format === 'go-template' || format === 'template'))
    return `go-template=${template}`
  const whole =
    template !== '' && isTemplateFormat(format) && !format.includes('=') ? `${format}=${template}` : format
  return withTemplateFile(whole, (path) => files.text(path))
}
