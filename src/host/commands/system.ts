import { dateTime } from '../machine/texts.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed, readOptions } from './command.js'
import { intervalMs } from '../time-limits.js'

/** Runs the command as it is, since the user is root already. A machine has no other users. */
export async function sudo({ args, exec }: CommandCall): Promise<CommandOutput> {
  const words = [...args]
  while (words[0]?.startsWith('-') === true) {
    const [, flag = '', value] = /^(-[a-zA-Z]|--\w+)=?(.+)?$/.exec(words.shift() ?? '') ?? []
    if ((flag === '-g' || flag === '--group') && value === undefined) words.shift()
    if (flag === '-u' || flag === '--user') {
      const user = value ?? words.shift() ?? ''
      if (user !== 'root' && user !== '#0') return failed(`sudo: unknown user ${user}`)
    }
    if (flag === '-i' || flag === '-s') break
  }
  const [first, ...rest] = words
  if (first === undefined) return {}
  if (/^\w+=/.test(first)) return exec('env', words)
  return exec(/^[\w./+-]+$/.test(first) ? first : `'${first.replaceAll("'", "'\\''")}'`, rest)
}

/**
 * `ssh host command`, or `ssh host` with a script on standard input. Alone on a line of a script it logs in
 * (see Host.sh).
 */
export async function ssh({ args, machine, session, stdin }: CommandCall): Promise<CommandOutput> {
  const at = args.findIndex(
    (arg, index) => !arg.startsWith('-') && !['-i', '-p', '-o', '-l', '-F'].includes(args[index - 1] ?? ''),
  )
  const target = (args[at] ?? '').replace(/^.*@/, '')
  if (at < 0) return failed('usage: ssh [-p port] destination [command [argument ...]]', 255)
  const script = args.slice(at + 1).join(' ')
  let other
  try {
    other = machine.hosts.machine(target)
  } catch {
    return failed(`ssh: Could not resolve hostname ${target}: Name or service not known`, 255)
  }
  return script === '' ? session.runOn(other, stdin) : session.runOn(other, script, stdin)
}

/** Prints virtual time. */
export function date({ args, machine }: CommandCall): CommandOutput {
  const now = machine.cluster.now()
  const at = new Date(now)
  const { words } = readOptions(args, ['d', 'date'])
  const [format] = words
  if (format?.startsWith('+') !== true) return { stdout: `${dateTime(now)}\n` }
  const parts: Readonly<Record<string, string>> = {
    Y: String(at.getUTCFullYear()),
    m: String(at.getUTCMonth() + 1).padStart(2, '0'),
    d: String(at.getUTCDate()).padStart(2, '0'),
    H: String(at.getUTCHours()).padStart(2, '0'),
    M: String(at.getUTCMinutes()).padStart(2, '0'),
    S: String(at.getUTCSeconds()).padStart(2, '0'),
    F: at.toISOString().slice(0, 10),
    T: at.toISOString().slice(11, 19),
    s: String(Math.floor(now / 1000)),
    Z: 'UTC',
    '%': '%',
  }
  const text = format.slice(1).replaceAll(/%([a-zA-Z%])/g, (whole, letter: string) => parts[letter] ?? whole)
  return { stdout: `${text}\n` }
}

/** Prints the machine's name, and its address with `-I`. */
export function hostname({ args, machine }: CommandCall): CommandOutput {
  return { stdout: `${args.some((arg) => /^-[iI]$/.test(arg)) ? machine.address : machine.name}\n` }
}

/** Prints the user's name, which is root's. */
export function whoami(): CommandOutput {
  return { stdout: 'root\n' }
}

/** Prints the user's ids, which are root's. */
export function id({ args }: CommandCall): CommandOutput {
  const { has } = readOptions(
    args.flatMap((arg) =>
      /^-[a-zA-Z]{2,}$/.test(arg)
        ? arg
            .slice(1)
            .split('')
            .map((letter) => `-${letter}`)
        : [arg],
    ),
    [],
  )
  if (has('u', 'g', 'G')) return { stdout: has('n') ? 'root\n' : '0\n' }
  return { stdout: 'uid=0(root) gid=0(root) groups=0(root)\n' }
}

/** `sleep NUMBER[SUFFIX]...`; as if Ctrl-C were pressed a minute later for `infinity`. */
export function sleep({ args, sleep: wait }: CommandCall): CommandOutput {
  if (args.length === 0) return failed("sleep: missing operand\nTry 'sleep --help' for more information.")
  const times = args.map((arg) => (arg === 'infinity' ? FOREVER : intervalMs(arg)))
  const wrong = args.filter((_, at) => times[at] === undefined)
  if (wrong.length > 0)
    return failed(
      wrong.map((arg) => `sleep: invalid time interval '${arg}'\n`).join('') +
        "Try 'sleep --help' for more information.",
    )
  wait(times.reduce<number>((sum, ms) => sum + (ms ?? 0), 0))
  return {}
}

const FOREVER = 60_000

/** Only checks the owner, and that the files exist: all files belong to root, and stay so. */
export function chown({ args, machine, path }: CommandCall): CommandOutput {
  const [owner, ...names] = args.filter((arg) => !arg.startsWith('-'))
  if (owner === undefined || names.length === 0)
    return failed(
      owner === undefined
        ? "chown: missing operand\nTry 'chown --help' for more information."
        : `chown: missing operand after '${owner}'\nTry 'chown --help' for more information.`,
    )
  const [user, group = ''] = owner.split(/[:.]/)
  if (!/^(?:root|0|)$/.test(user ?? '')) return failed(`chown: invalid user: '${owner}'`)
  if (!/^(?:root|0|)$/.test(group)) return failed(`chown: invalid group: '${owner}'`)
  const missing = names.filter((name) => machine.files.stat(path(name)) === undefined)
  return missing.length === 0
    ? {}
    : failed(missing.map((name) => `chown: cannot access '${name}': No such file or directory\n`).join(''))
}

/**
 * Says how to change a file without it, as there is no screen to edit on. Commands of ex on the command line
 * (`vi -c 's/a/b/' -c wq FILE`) are not simulated either.
 */
export function editor({ args }: CommandCall): CommandOutput {
  const file = args.findLast((arg) => !/^[-+]/.test(arg)) ?? 'FILE'
  return failed(
    `This terminal has no screen for an editor. To change ${file}, type one of these:\n` +
      `  sed -i 's/old/new/' ${file}              replaces text in each line\n` +
      `  sed -i '/text/a\\    - new line' ${file}   adds a line below one that contains text\n` +
      `  sed -i '/text/d' ${file}                 deletes lines that contain text\n` +
      `  echo 'new line' | tee -a ${file}         adds a line at the end\n` +
      `  cat > ${file} <<'EOF'                    writes the whole file, up to a line EOF\n`,
  )
}

/** `less` and `more`: the whole text, since this terminal scrolls by itself. */
export function pager({ args, stdin, exec }: CommandCall): CommandOutput | Promise<CommandOutput> {
  const files = args.filter((arg) => !/^[-+]./.test(arg))
  return files.length === 0 ? { stdout: stdin } : exec('cat', files)
}

/** Prints the version of the installed kubelet. */
export function kubelet({ args, machine }: CommandCall): CommandOutput {
  if (args.includes('--version'))
    return { stdout: `Kubernetes v${machine.state.packages.get('kubelet')?.version ?? ''}\n` }
  return failed('the kubelet is a service: systemctl start kubelet')
}
