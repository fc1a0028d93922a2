import { goTemplateText } from '../../kubectl/print/go-template/go-template.js'
import { printYaml } from '../../lang/yaml/print.js'
import type { CommandOutput, Options } from './command.js'
import { failed } from './command.js'

/** `-o json` (the default), `yaml` or `go-template` with `--template`. */
export function shaped(object: object, options: Options): CommandOutput {
  const format = options.get('o', 'output') ?? 'json'
  if (format === 'yaml') return { stdout: printYaml(object) }
  if (format === 'json') return { stdout: `${JSON.stringify(object, undefined, 2)}\n` }
  const template = options.get('template')
  if (format !== 'go-template' || template === undefined)
    return failed(`FATA[0000] don't know how to print ${format}: write -o json, yaml or go-template`)
  try {
    return { stdout: `${goTemplateText(template, object, { allowMissingKeys: true })}\n` }
  } catch (error) {
    return failed(`FATA[0000] ${error instanceof Error ? error.message : String(error)}`)
  }
}
