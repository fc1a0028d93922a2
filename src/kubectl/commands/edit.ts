import { quote } from '../../lang/go/quote.js'
import { exactJson } from '../../lang/json/exact-json.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { isApiError } from '../../client/api-error.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { KubectlError, SilentExit, throwCollected } from '../call/errors.js'
import { groupResource, patchTableOf, resourceNameOf } from '../args/kinds.js'
import { itemsOf, parseDocuments } from '../call/manifests.js'
import { printJson } from '../print/json.js'
import { printDone, withoutManagedFields } from '../print/object.js'
import { printYaml } from '../../lang/yaml/print.js'
import type { Info } from '../args/resource-args.js'
import { keyOf, typed } from '../args/resource-args.js'
import { selected } from '../args/selected.js'
import { randomDigits } from '../objects/random-suffix.js'
import { twoWayPatch } from '../apply/three-way.js'
import { fieldValidationOf } from './field-validation.js'

/** `kubectl edit TYPE/NAME`, in the editor of the call. Source: kubectl pkg/cmd/edit/edit.go. */
export const edit: KubectlCommand = {
  name: 'edit',
  run(call) {
    const { infos, errors } = selected(call, call.args, { allowEmptySelector: true })
    editAll(call, infos, errors, WHOLE)
  },
}

/** What an editing command shows of an object, and how it uses the result. */
export interface Editing {
  readonly shown: (info: Info) => object
  /** The object that is to be stored. */
  readonly wanted: (info: Info, edited: object) => KubeObject
}

/** `kubectl edit`: the object itself. */
const WHOLE: Editing = {
  shown: ({ object }) => withoutManagedFields(object),
  wanted: (_, edited) => edited as KubeObject,
}

/**
 * Opens the objects in the call's editor, several as one List, until the server accepts them or nothing is
 * changed any more. Source: kubectl pkg/cmd/util/editor/editoptions.go.
 */
export function editAll(
  call: CommandLine,
  infos: readonly Info[],
  errors: readonly Error[],
  editing: Editing,
): void {
  throwCollected(errors)
  if (infos.length === 0) throw new KubectlError('edit cancelled, no objects found.')
  const shown = infos.map(editing.shown)
  const original = editableText(
    call,
    shown.length === 1
      ? (shown[0] as object)
      : { apiVersion: 'v1', items: shown, kind: 'List', metadata: {} },
  )
  let last: Edited | undefined
  let reasons: readonly string[] = []
  for (;;) {
    const edited: Edited = launchEditor(
      call,
      last === undefined ? original : stripComments(last.text),
      reasons,
    )
    if (last !== undefined && stripComments(edited.text) === stripComments(last.text))
      throw preserved(call, edited, 'Edit cancelled, no valid changes were saved.')
    if (stripComments(edited.text) === stripComments(original))
      return call.out.errorLine('Edit cancelled, no changes made.')
    if (stripComments(edited.text).trim() === '')
      return call.out.errorLine('Edit cancelled, saved file was empty.')
    const refused = attempt(call, infos, edited, editing)
    if (refused.length === 0) return
    reasons = refused
    last = edited
  }
}

/** Saves the edited text in a file, and prints its path. */
function preserved({ files, out }: CommandLine, { path, text }: Edited, message: string): KubectlError {
  files.write(path, text)
  out.errorLine(`A copy of your changes has been stored to ${quote(path)}`)
  return new KubectlError(message)
}

/** Sends the edited text. Returns why it must be edited again; empty if it was accepted. */
function attempt(
  call: CommandLine,
  infos: readonly Info[],
  edited: Edited,
  editing: Editing,
): readonly string[] {
  const [first] = infos as readonly [Info]
  let objects: readonly object[]
  try {
    objects = readEdited(edited)
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error
    call.out.errorLine(`error: ${nameOf(first)} is invalid`)
    return [`The edited file failed validation: ${error.message}`]
  }
  if (objects.length !== infos.length)
    throw preserved(call, edited, 'At least one of apiVersion, kind and name was changed')
  return infos.flatMap((info, at) =>
    attemptOne(call, info, editing.wanted(info, objects[at] as object), edited),
  )
}

const nameOf = ({ definition, name }: Info): string => `${groupResource(definition)} ${quote(name)}`

function attemptOne(call: CommandLine, info: Info, wanted: KubeObject, edited: Edited): readonly string[] {
  const { out } = call
  try {
    patchEdited(call, info, wanted)
    return []
  } catch (error) {
    if (error instanceof KubectlError) throw preserved(call, edited, error.message)
    if (!isApiError(error)) throw error
    const what = nameOf(info)
    if (error.reason === 'Invalid' || error.reason === 'BadRequest') {
      out.errorLine(`error: ${what} is invalid`)
      return [
        `${what} was not valid:`,
        ...(error.details.causes ?? []).map(({ field = '', message = '' }) => `* ${field}: ${message}`),
      ]
    }
    call.files.write(edited.path, edited.text)
    if (error.reason === 'NotFound') {
      out.errorLine(`error: ${what} could not be found on the server`)
      out.errorLine(`The edits you made on deleted resources have been saved to ${quote(edited.path)}`)
    } else {
      out.errorLine(`error: ${what} could not be patched: ${error.message}`)
      out.errorLine(`You can run \`kubectl replace -f ${edited.path}\` to try this update again.`)
    }
    throw new SilentExit(1)
  }
}

function patchEdited(call: CommandLine, info: Info, wanted: KubeObject): void {
  const { definition } = info
  const before = withoutManagedFields(info.object)
  if (
    wanted.apiVersion !== before.apiVersion ||
    wanted.kind !== before.kind ||
    wanted.metadata?.name !== before.metadata.name
  ) {
    throw new KubectlError('At least one of apiVersion, kind and name was changed')
  }
  const message = patchTableOf(call.env.scheme, definition)
  const body = twoWayPatch(before, wanted, message)
  if (Object.keys(body).length === 0) return printDone(call, definition, info.object, 'skipped', 'none')
  if (call.flags.bool('output-patch')) call.out.line(`Patch: ${exactJson(body)}`)
  const subresource = call.flags.string('subresource')
  const result = call.client.patch(
    resourceNameOf(definition),
    keyOf(info),
    { type: message === undefined ? 'merge' : 'strategic', body },
    {
      fieldManager: call.flags.string('field-manager'),
      fieldValidation: fieldValidationOf(call),
      ...(subresource === '' ? {} : { subresource }),
    },
  )
  printDone(call, definition, typed(definition, result), 'edited', 'none')
}

/**
 * `create --edit`: returns the objects after an editor changed them. Creates nothing if nothing was changed.
 * Source: kubectl editor EditBeforeCreateMode.
 */
export function editNew(call: CommandLine, infos: readonly Info[]): readonly Info[] {
  return infos.map((info) => {
    const text = editableText(call, info.object)
    const edited = launchEditor(call, text)
    if (stripComments(edited.text).trim() === '') {
      call.out.errorLine('Edit cancelled, saved file was empty.')
      throw new SilentExit(0)
    }
    if (stripComments(edited.text) === stripComments(text)) {
      call.out.errorLine('Edit cancelled, no changes made.')
      throw new SilentExit(0)
    }
    const [object] = readEdited(edited)
    if (object === undefined) throw new KubectlError('Edit cancelled, saved file was empty.')
    const changed = object as KubeObject
    return { ...info, name: changed.metadata.name ?? info.name, object: changed }
  })
}

const HEADER = [
  "# Please edit the object below. Lines beginning with a '#' will be ignored,",
  '# and an empty file will abort the edit. If an error occurs while saving this file will be',
  '# reopened with the relevant failures.',
  '#',
]

/** The result of an editor. */
export interface Edited {
  readonly text: string
  /** Path of a copy, for the case that the edit fails. */
  readonly path: string
}

/**
 * Opens an object, or the previous edit with the reasons for its refusal, in the call's editor. Throws
 * KubectlError if there is no editor.
 */
function launchEditor(call: CommandLine, text: string, reasons: readonly string[] = []): Edited {
  const { editor } = call.options
  if (editor === undefined) throw new KubectlError('unable to launch the editor "vi"')
  const isJson = call.flags.string('output') === 'json'
  const path = `/tmp/kubectl-edit-${randomDigits(call, text)}.${isJson ? 'json' : 'yaml'}`
  const header = [...HEADER, ...reasons.flatMap((reason) => [`# ${reason}`, '#'])]
  return { path, text: editor(`${header.join('\n')}\n${text}`, path) }
}

/** Text of an object as an editor shows it. */
function editableText(call: CommandLine, object: object): string {
  return call.flags.string('output') === 'json' ? printJson(object) : printYaml(object)
}

/** Removes comment lines. */
const stripComments = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')

/** Parses the objects of an edited file. Throws KubectlError for invalid YAML. */
function readEdited({ text, path }: Edited): readonly object[] {
  return parseDocuments({ source: path, text: stripComments(text) }).flatMap(itemsOf) as readonly object[]
}
