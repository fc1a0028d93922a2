import type { KubeObject } from '../../api/definition.js'
import { isApiError } from '../../apiserver/client/api-error.js'
import type { Call } from '../call.js'
import { fieldValidationOf } from '../commands/field-validation.js'
import { KubectlError, SilentExit, throwCollected } from '../errors.js'
import { groupResource, patchTableOf, resourceNameOf } from '../kinds.js'
import { printDone } from '../print/done.js'
import { withoutManagedFields } from '../print/object.js'
import type { Info } from '../resource-args.js'
import { keyOf, typed } from '../resource-args.js'
import { threeWayPatch } from '../three-way.js'
import type { Edited } from './editor.js'
import { editableText, launchEditor, readEdited, stripComments } from './editor.js'

/** What an editing command shows of an object and what it makes of the result. */
export interface Editing {
  readonly shown: (info: Info) => object
  /** The object as it shall be. */
  readonly wanted: (info: Info, edited: object) => KubeObject
  readonly done: string
}

/** Opens every object in the call's editor until it is taken, or not changed any more. Source: kubectl pkg/cmd/util/editor/editoptions.go. */
export function editAll(call: Call, infos: readonly Info[], errors: readonly Error[], editing: Editing): void {
  for (const info of infos) editOne(call, info, editing)
  throwCollected(errors)
}

/** `kubectl edit`: the object itself. */
export const WHOLE: Editing = { shown: ({ object }) => withoutManagedFields(object), wanted: (_, edited) => edited as KubeObject, done: 'edited' }

function editOne(call: Call, info: Info, editing: Editing): void {
  const { out } = call
  const original = editableText(call, editing.shown(info))
  let last: Edited | undefined
  let reasons: readonly string[] = []
  for (;;) {
    const edited: Edited = launchEditor(call, last === undefined ? original : stripComments(last.text), reasons)
    if (last !== undefined && stripComments(edited.text) === stripComments(last.text)) {
      call.files.write(edited.path, edited.text)
      out.errorLine(`A copy of your changes has been stored to ${JSON.stringify(edited.path)}`)
      throw new KubectlError('Edit cancelled, no valid changes were saved.')
    }
    if (stripComments(edited.text) === stripComments(original)) return out.errorLine('Edit cancelled, no changes made.')
    if (stripComments(edited.text).trim() === '') return out.errorLine('Edit cancelled, saved file was empty.')
    const refused = attempt(call, info, edited, editing)
    if (refused === undefined) return
    reasons = refused
    last = edited
  }
}

/** Sends what was edited; the reasons why it must be edited again, undefined when it is done. */
function attempt(call: Call, info: Info, edited: Edited, editing: Editing): readonly string[] | undefined {
  const { out } = call
  let objects: readonly object[]
  try {
    objects = readEdited(edited)
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error
    return [`The edited file had a syntax error: ${error.message}`]
  }
  try {
    for (const object of objects) patchEdited(call, info, editing.wanted(info, object), editing)
    return undefined
  } catch (error) {
    if (!isApiError(error)) throw error
    const what = `${groupResource(info.definition)} ${JSON.stringify(info.name)}`
    if (error.reason === 'Invalid') {
      out.errorLine(`error: ${what} is invalid`)
      return [`${what} was not valid:`, ...(error.details.causes ?? []).map(({ field = '', message = '' }) => `* ${field}: ${message}`)]
    }
    call.files.write(edited.path, edited.text)
    if (error.reason === 'NotFound') {
      out.errorLine(`error: ${what} could not be found on the server`)
      out.errorLine(`The edits you made on deleted resources have been saved to ${JSON.stringify(edited.path)}`)
    } else {
      out.errorLine(`error: ${what} could not be patched: ${error.message}`)
      out.errorLine(`You can run \`kubectl replace -f ${edited.path}\` to try this update again.`)
    }
    throw new SilentExit(1)
  }
}

function patchEdited(call: Call, info: Info, wanted: KubeObject, { done }: Editing): void {
  const { definition } = info
  const before = withoutManagedFields(info.object)
  if (wanted.apiVersion !== before.apiVersion || wanted.kind !== before.kind || wanted.metadata.name !== before.metadata.name) {
    throw new KubectlError('At least one of apiVersion, kind and name was changed')
  }
  const message = patchTableOf(call.env.scheme, definition)
  const body = threeWayPatch(before, wanted, before, message)
  if (Object.keys(body).length === 0) return printDone(call, definition, info.object, 'skipped', 'none')
  if (call.flags.bool('output-patch')) call.out.line(`Patch: ${JSON.stringify(body)}`)
  const subresource = call.flags.string('subresource')
  const result = call.client.patch(resourceNameOf(definition), keyOf(info), { type: message === undefined ? 'merge' : 'strategic', body }, {
    fieldManager: call.flags.string('field-manager'), fieldValidation: fieldValidationOf(call), ...(subresource === '' ? {} : { subresource }),
  })
  const format = call.flags.string('output')
  if (format === 'json' || format === 'yaml' || format === '') call.out.line(`${definition.group === '' ? definition.kind.toLowerCase() : `${definition.kind.toLowerCase()}.${definition.group}`}/${info.name} ${done}`)
  else printDone(call, definition, typed(definition, result), done, 'none')
}
