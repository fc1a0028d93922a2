import type { Command } from '../call.js'
import { editAll, WHOLE } from '../edit/edit.js'
import { selected } from '../selected.js'

/**
 * `kubectl edit TYPE/NAME`, in the editor that the call brings along. Source: kubectl pkg/cmd/edit/edit.go.
 */
export const edit: Command = {
  name: 'edit',
  run(call) {
    const { infos, errors } = selected(call, call.args, { allowEmptySelector: true })
    editAll(call, infos, errors, WHOLE)
  },
}
