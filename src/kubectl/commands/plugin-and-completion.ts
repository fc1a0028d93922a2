import { quote } from '../../lang/go/quote.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { KubectlError, usageError } from '../call/errors.js'

/** Shells for which kubectl writes completions. */
const SHELLS: readonly string[] = ['bash', 'fish', 'powershell', 'zsh']

/** `kubectl plugin list`: finds nothing, since there is no PATH to search. Source: kubectl pkg/cmd/plugin. */
export const plugin: KubectlCommand = {
  name: 'plugin',
  commands: [
    {
      name: 'list',
      run: () => {
        throw new KubectlError('unable to find any kubectl plugins in your PATH')
      },
    },
  ],
}

/**
 * `kubectl completion SHELL`: refused after its checks, since there is no terminal to complete in. Source:
 * kubectl pkg/cmd/completion.
 */
export const completion: KubectlCommand = {
  name: 'completion',
  run({ args: [shell, ...more] }: CommandLine) {
    if (shell === undefined) throw usageError('completion', 'Shell not specified.')
    if (more.length > 0) throw usageError('completion', 'Too many arguments. Expected only the shell type.')
    if (!SHELLS.includes(shell)) throw usageError('completion', `Unsupported shell type ${quote(shell)}.`)
    throw new KubectlError(
      'there is no shell here that could be completed: kubectl completion is not part of simcluster',
    )
  },
}
