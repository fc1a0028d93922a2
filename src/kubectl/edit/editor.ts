import type { Call } from '../call.js'
import { KubectlError } from '../errors.js'
import { itemsOf, parseDocuments } from '../manifests.js'
import { printJson } from '../print/json.js'
import { printYaml } from '../print/yaml.js'
import { randomDigits } from '../suffix.js'

const HEADER = [
  "# Please edit the object below. Lines beginning with a '#' will be ignored,",
  '# and an empty file will abort the edit. If an error occurs while saving this file will be',
  '# reopened with the relevant failures.',
  '#',
]

/** What came back from an editor. */
export interface Edited {
  readonly text: string
  /** Where a copy is left when the work is lost. */
  readonly path: string
}

/**
 * Shows an object, or what was edited before with the reasons why it was refused, to the call's editor.
 * Throws KubectlError when there is none.
 */
export function launchEditor(call: Call, text: string, reasons: readonly string[] = []): Edited {
  const { editor } = call.options
  if (editor === undefined) throw new KubectlError('unable to launch the editor "vi"')
  const isJson = call.flags.string('output') === 'json'
  const path = `/tmp/kubectl-edit-${randomDigits(call, text)}.${isJson ? 'json' : 'yaml'}`
  const header = [...HEADER, ...reasons.flatMap((reason) => [`# ${reason}`, '#'])]
  return { path, text: editor(`${header.join('\n')}\n${text}`, path) }
}

/** What an editor shows of an object. */
export function editableText(call: Call, object: object): string {
  return call.flags.string('output') === 'json' ? printJson(object) : printYaml(object)
}

/** Without the lines that are comments. */
export const stripComments = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')

/** The objects of an edited file. Throws KubectlError for a text that is no YAML. */
export function readEdited({ text, path }: Edited): readonly object[] {
  return parseDocuments({ source: path, text: stripComments(text) }).flatMap(itemsOf) as readonly object[]
}
