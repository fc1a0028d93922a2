import type { KubeObject } from '../../api/definition.js'
import type { Call } from '../call.js'
import { KubectlError, SilentExit } from '../errors.js'
import type { Info } from '../resource-args.js'
import { editableText, launchEditor, readEdited, stripComments } from './editor.js'

/**
 * `create --edit`: what files say, after an editor had it. Nothing is made when nothing was changed. Source:
 * kubectl editor EditBeforeCreateMode.
 */
export function editNew(call: Call, infos: readonly Info[]): readonly Info[] {
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
