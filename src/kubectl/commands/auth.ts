import type { Command } from '../call.js'
import { canI } from '../auth/can-i.js'
import { reconcile } from '../auth/reconcile.js'
import { whoAmI } from '../auth/whoami.js'

/** `kubectl auth can-i`, `whoami`, `reconcile`. */
export const auth: Command = {
  name: 'auth',
  commands: [
    { name: 'can-i', run: canI },
    { name: 'whoami', run: whoAmI },
    { name: 'reconcile', run: reconcile },
  ],
}
