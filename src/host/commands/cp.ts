import { FileFault } from '../../shell/files/file-system.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed, readOptions } from './command.js'

const baseName = (path: string): string =>
  path
    .replace(/(?<!\/)\/+$/, '')
    .split('/')
    .at(-1) ?? ''

/**
 * cp of coreutils: `-r`, `-R`, `-a`, `-p`, `-f`, `-n`, `-v`, `-t`, and `-i`, which asks before it overwrites
 * and reads the reply from standard input.
 */
export function cp(call: CommandCall): CommandOutput {
  const {
    machine: { files },
    path,
    stdin,
  } = call
  const options = readOptions(
    call.args.flatMap((arg) =>
      /^-[a-zA-Z]{2,}$/.test(arg)
        ? arg
            .slice(1)
            .split('')
            .map((letter) => `-${letter}`)
        : [arg],
    ),
    ['t', 'target-directory'],
  )
  const folder = options.get('t', 'target-directory')
  const names = [...options.words]
  const target = folder ?? names.pop()
  if (target === undefined) return failed("cp: missing file operand\nTry 'cp --help' for more information.")
  if (names.length === 0)
    return failed(
      `cp: missing destination file operand after '${target}'\nTry 'cp --help' for more information.`,
    )
  const isFolder = files.stat(path(target))?.kind === 'directory'
  if (!isFolder && (names.length > 1 || folder !== undefined))
    return failed(
      `cp: target '${target}': ` +
        `${files.stat(path(target)) === undefined ? 'No such file or directory' : 'Not a directory'}`,
    )
  let [stdout, stderr] = ['', '']
  for (const name of names) {
    const to = isFolder ? `${target.replace(/\/$/, '')}/${baseName(name)}` : target
    const kind = files.stat(path(name))?.kind
    if (kind === undefined) stderr += `cp: cannot stat '${name}': No such file or directory\n`
    else if (kind === 'directory' && !options.has('r', 'R', 'recursive', 'a', 'archive'))
      stderr += `cp: -r not specified; omitting directory '${name}'\n`
    else if (path(name) === path(to)) stderr += `cp: '${name}' and '${to}' are the same file\n`
    else if (
      kind === 'file' &&
      files.stat(path(to)) !== undefined &&
      options.has('i', 'interactive', 'n', 'no-clobber')
    ) {
      if (!options.has('i', 'interactive')) continue
      stderr += `cp: overwrite '${to}'? `
      if (/^\s*y/i.test(stdin)) stderr += copy(call, name, to)
    } else {
      stderr += copy(call, name, to)
      if (options.has('v', 'verbose')) stdout += `'${name}' -> '${to}'\n`
    }
  }
  return { stdout, stderr, code: /^cp: (?!overwrite)/m.test(stderr) ? 1 : 0 }
}

/** Copies a file or a whole directory. Returns the error text, '' on success. */
function copy(call: CommandCall, from: string, to: string): string {
  const {
    machine: { files },
    path,
  } = call
  try {
    if (files.stat(path(from))?.kind !== 'directory') {
      files.copy(path(from), path(to))
      return ''
    }
    if (files.stat(path(to)) === undefined) files.makeDirectory(path(to))
    return files
      .list(path(from))
      .map((name) => copy(call, `${from}/${name}`, `${to}/${name}`))
      .join('')
  } catch (error) {
    if (error instanceof FileFault) return `cp: cannot create regular file '${to}': ${error.message}\n`
    throw error
  }
}
