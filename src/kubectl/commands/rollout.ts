import type { Command } from '../call.js'
import { rolloutHistory } from '../rollout/history.js'
import { rolloutStatus } from '../rollout/status.js'

/** `kubectl rollout status`, `history`. */
export const rollout: Command = {
  name: 'rollout',
  commands: [{ name: 'history', run: rolloutHistory }, { name: 'status', run: rolloutStatus }],
}
