import { quote } from '../../lang/go/quote.js'
import { FileFault } from '../../kubelet/index.js'
import type { Invocation } from '../../kubelet/index.js'
import type { Subcommand, SubcommandCall } from './subcommand.js'

const CONTENT = 'mount-tester new file\n'
/** Magic number of ext4, which statfs returns for everything but tmpfs. */
const EXT4 = '61267'
/** Virtual ms between two reads of `--file_content_in_loop`. */
const LOOP_PERIOD = 2_000

/** Text of errno as Go prints it. */
const goText = (error: FileFault): string => error.message.charAt(0).toLowerCase() + error.message.slice(1)

/** Returns a mode as Go's FileMode prints it: `-rw-r--r--`, `drwxrwxrwx`, `dgtrwxrwxrwx`. */
export function fileModeText(mode: number, isDirectory: boolean): string {
  const special = `${isDirectory ? 'd' : ''}${mode & 0o4000 ? 'u' : ''}${mode & 0o2000 ? 'g' : ''}${
    mode & 0o1000 ? 't' : ''
  }`
  return (special === '' ? '-' : special) + permissionText(mode)
}

const permissionText = (mode: number): string =>
  'rwxrwxrwx'
    .split('')
    .map((letter, at) => (mode & (1 << (8 - at)) ? letter : '-'))
    .join('')

/** Runs a step on a file, and prints its failure with `what` before it. Returns whether it succeeded. */
function step(call: Invocation, path: string, what: string, verb: string, work: () => string): boolean {
  if (path === '') return true
  try {
    call.write(work())
    return true
  } catch (error) {
    if (!(error instanceof FileFault)) throw error
    call.write(`${what}${quote(path)}: ${verb} ${path}: ${goText(error)}\n`)
    return false
  }
}

function content({ world: { files } }: Invocation, path: string): string {
  return `content of file ${quote(path)}: ${files.read(path)}\n`
}

function statOf({ world: { files } }: Invocation, path: string): NonNullable<ReturnType<typeof files.stat>> {
  const entry = files.stat(path)
  if (entry === undefined) throw new FileFault('No such file or directory')
  return entry
}

function writeAndRead(call: Invocation, path: string, mode: number): boolean {
  const { files } = call.world
  return (
    step(call, path, 'error writing new file ', 'open', () => {
      files.write(path, CONTENT, false, mode)
      return ''
    }) && step(call, path, 'error reading file content for ', 'open', () => content(call, path))
  )
}

/** Everything but the loop, in upstream's order. Returns whether all succeeded. */
function checkOnce(call: SubcommandCall): boolean {
  const { flags, world } = call
  const path = (name: string): string => flags[name] ?? ''
  const quoted = (name: string): string => JSON.stringify(path(name))
  return [
    step(call, path('fs_type'), 'error from statfs(', 'statfs', () => {
      statOf(call, path('fs_type'))
      const { type } = world.files.mountOf(path('fs_type'))
      return `mount type of ${quoted('fs_type')}: ${type === 'tmpfs' ? type : EXT4}\n`
    }),
    ...[0o644, 0o666, 0o660, 0o777].map((mode) =>
      writeAndRead(call, path(`new_file_0${mode.toString(8)}`), mode),
    ),
    step(call, path('file_mode'), 'error from Lstat(', 'stat', () => {
      const { mode, kind } = statOf(call, path('file_mode'))
      return `mode of file ${quoted('file_mode')}: ${fileModeText(mode, kind === 'directory')}\n`
    }),
    step(call, path('file_perm'), 'error from Lstat(', 'stat', () => {
      const { mode } = statOf(call, path('file_perm'))
      return `perms of file ${quoted('file_perm')}: -${permissionText(mode)}\n`
    }),
    step(call, path('file_owner'), 'error from stat(', 'stat', () => {
      const { owner, group } = statOf(call, path('file_owner'))
      const name = quoted('file_owner')
      return `owner UID of ${name}: ${owner}\nowner GID of ${name}: ${group}\n`
    }),
    step(call, path('file_content'), 'error reading file content for ', 'open', () =>
      content(call, path('file_content')),
    ),
  ].every(Boolean)
}

/** What the loop remembers: when it began, and whether everything before it succeeded. */
interface Loop {
  readonly since: number
  readonly succeeded: boolean
}

/** Checks files and writes new ones. Source: test/images/agnhost/mounttest. */
export const mounttest: Subcommand = {
  flags: {
    fs_type: '',
    file_mode: '',
    file_perm: '',
    file_owner: '',
    new_file_0644: '',
    new_file_0666: '',
    new_file_0660: '',
    new_file_0777: '',
    file_content: '',
    file_content_in_loop: '',
    retry_time: '180',
    break_on_expected_content: 'true',
  },
  run(call) {
    const { flags, memory, world } = call
    const { since, succeeded } = (memory as Loop | undefined) ?? {
      since: world.now,
      succeeded: checkOnce(call),
    }
    const path = flags['file_content_in_loop'] ?? ''
    if (path === '') return succeeded ? 0 : 1
    let failed = false
    let found = ''
    try {
      found = world.files.read(path)
      call.write(`content of file ${quote(path)}: ${found}\n`)
    } catch (error) {
      if (!(error instanceof FileFault)) throw error
      failed = true
      call.write(`Error reading file ${path}: open ${path}: ${goText(error)}, retrying\n`)
    }
    if (!failed && flags['break_on_expected_content'] === 'true') {
      if (found === CONTENT) return succeeded ? 0 : 1
      call.write(`Unexpected content. Expected: ${CONTENT}. Retrying`)
    }
    if (world.now + LOOP_PERIOD - since >= Number(flags['retry_time']) * 1000)
      return succeeded && !failed ? 0 : 1
    return { until: world.now + LOOP_PERIOD, memory: { since, succeeded } }
  },
}
