import { textOfContent } from '../lang/bytes/content.js'
import { absolutePath } from '../shell/files/tree.js'
import { walk } from '../shell/programs/find.js'
import { FindFault, FindParser } from '../shell/programs/find-expression.js'
import type { FindCall } from '../shell/programs/find-expression.js'
import { FileFault } from '../shell/files/file-system.js'
import type { CommandOutput } from './commands/command.js'
import type { HostMachine } from './machine/host-machine.js'

/**
 * `find` with tests of minutes (`-mmin -5`), which just-bash's does not have, by the machine's files and its
 * virtual time. It runs no other command: what it prints goes to xargs.
 */
export function findByTime(args: readonly string[], machine: HostMachine, cwd: string): CommandOutput {
  if (args.some((arg) => /^-(?:exec|ok)/.test(arg)))
    return { stderr: 'find: with -mmin, write: find ... -mmin -5 | xargs COMMAND\n', code: 1 }
  const { files, cluster } = machine
  let stdout = ''
  let stderr = ''
  const call: FindCall = {
    cwd,
    write: (text) => {
      stdout += textOfContent(text)
    },
    error: (text) => {
      stderr += text
    },
    spawn: () => undefined,
    world: {
      now: cluster.now(),
      files: {
        stat: (path) => files.stat(path),
        list: (path) => files.list(path),
        linkAt: () => undefined,
        isDirectory: (path) => files.stat(path)?.kind === 'directory',
        size: (path) => (files.text(path) ?? '').length,
        remove: (path) => files.remove(path),
      },
    },
  }
  const first = args.findIndex((word) => /^[-!(]/.test(word))
  const paths = args.slice(0, first)
  try {
    const parser = new FindParser(call, args.slice(first))
    for (const path of paths.length === 0 ? ['.'] : paths) {
      const full = absolutePath(cwd, path)
      if (files.stat(full) === undefined) stderr += `find: '${path}': No such file or directory\n`
      else
        for (const found of walk(call.world.files, path, full))
          if (found.depth >= parser.least && found.depth <= parser.most) parser.visit(found)
    }
  } catch (error) {
    if (!(error instanceof FindFault) && !(error instanceof FileFault)) throw error
    stderr += `find: ${error.message}\n`
  }
  return { stdout, stderr, code: stderr === '' ? 0 : 1 }
}
