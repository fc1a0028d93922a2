import { textOfContent } from '../lang/bytes/content.js'
import { absolutePath } from '../shell/files/tree.js'
import { walk } from '../shell/programs/find.js'
import { FindFault, FindParser } from '../shell/programs/find-expression.js'
import type { FindCall } from '../shell/programs/find-expression.js'
import { FileFault } from '../shell/files/file-system.js'
import { type CommandOutput, joined } from './commands/command.js'
import type { HostMachine } from './machine/host-machine.js'

/** Whether find's arguments have a test of time, which just-bash would judge by the real clock. */
export const testsTime = (args: readonly string[]): boolean =>
  args.some((arg) => /^-[acm](?:min|time)$/.test(arg))

/**
 * `find` with tests of time (`-mmin -5`, `-mtime +1`), by the machine's files and its virtual time. A command
 * (`-exec`) comes last, and runs by `run`.
 */
export async function findByTime(
  args: readonly string[],
  machine: HostMachine,
  cwd: string,
  run: (words: readonly string[]) => Promise<CommandOutput>,
): Promise<CommandOutput> {
  const at = args.indexOf('-exec')
  if (at < 0) return findFiles(args, machine, cwd)
  const end = args.findIndex((arg, index) => index > at && (arg === ';' || arg === '+'))
  const command = args.slice(at + 1, end)
  const before = args.slice(0, at)
  if (end < 0 || command.length === 0) return { stderr: "find: missing argument to `-exec'\n", code: 1 }
  if (end < args.length - 1 || before.some((arg) => /^-(?:print|print0|delete|ls|o|or|exec)$/.test(arg)))
    return {
      stderr: `find: with ${before.find((arg) => /^-[acm](?:min|time)$/.test(arg)) ?? '-mtime'}, -exec is simulated as the last and only action\n`,
      code: 1,
    }
  const found = findFiles([...before, '-print0'], machine, cwd)
  const names = (found.stdout ?? '').split('\0').filter((name) => name !== '')
  const calls =
    args[end] === '+'
      ? names.length === 0
        ? []
        : [command.flatMap((word) => (word === '{}' ? names : [word]))]
      : names.map((name) => command.map((word) => word.replaceAll('{}', name)))
  const outputs: CommandOutput[] = [{ stderr: found.stderr ?? '' }]
  for (const words of calls) outputs.push(await run(words))
  // a command that fails fails find only if it runs for all files at once
  return { ...joined(outputs), code: args[end] === '+' ? (joined(outputs).code ?? 0) : (found.code ?? 0) }
}

function findFiles(args: readonly string[], machine: HostMachine, cwd: string): CommandOutput {
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
