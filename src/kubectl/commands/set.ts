import type { Command } from '../call.js'
import { setEnv } from '../set/env.js'
import { setImage, setResources, setSelector, setServiceAccount, setSubject } from '../set/fields.js'

/** `kubectl set image`, `env`, `resources`, `selector`, `serviceaccount`, `subject`. */
export const set: Command = {
  name: 'set',
  commands: [
    { name: 'image', run: setImage },
    { name: 'env', run: setEnv },
    { name: 'resources', run: setResources },
    { name: 'selector', run: setSelector },
    { name: 'serviceaccount', aliases: ['sa'], run: setServiceAccount },
    { name: 'subject', run: setSubject },
  ],
}
