import type { Command } from '../call.js'
import { rolloutPause, rolloutRestart, rolloutResume } from '../rollout/changes.js'
import { rolloutHistory, rolloutUndo } from '../rollout/history.js'
import { rolloutStatus } from '../rollout/status.js'

/** `kubectl rollout history`, `pause`, `restart`, `resume`, `status`, `undo`. */
export const rollout: Command = {
  name: 'rollout',
  commands: [
    { name: 'history', run: rolloutHistory },
    { name: 'pause', run: rolloutPause },
    { name: 'restart', run: rolloutRestart },
    { name: 'resume', run: rolloutResume },
    { name: 'status', run: rolloutStatus },
    { name: 'undo', run: rolloutUndo },
  ],
}
