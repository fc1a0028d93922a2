import { ByteDecoder, bytesOfText } from '../../lang/bytes/byte-text.js'
import { collect } from '../../client/collect.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { KubectlError, SilentExit } from '../call/errors.js'
import { containerFor } from './pod-target.js'

interface CopyEnd {
  /** '' for a path of the local machine. */
  readonly pod: string
  readonly namespace: string
  readonly path: string
}

/**
 * `kubectl cp SOURCE DESTINATION`: copies between the files of the call and those of a container. The real
 * kubectl needs `tar` in the container; here `cat`, `tee` and `mkdir` of its image do the work. Source:
 * kubectl pkg/cmd/cp/cp.go.
 */
export const cp: KubectlCommand = {
  name: 'cp',
  run(call) {
    const [from, to, ...more] = call.args
    if (from === undefined || to === undefined || more.length > 0)
      throw new KubectlError('source and destination are required')
    const [source, destination] = [placeOf(call, from), placeOf(call, to)]
    if (source.pod !== '' && destination.pod !== '')
      throw new KubectlError('one of src or dest must be a local file specification')
    if (source.pod === '' && destination.pod === '')
      throw new KubectlError('one of src or dest must be a remote file specification')
    if (source.path === '' || destination.path === '') throw new KubectlError('filepath can not be empty')
    if (source.pod === '') upload(call, source.path, destination)
    else {
      const run = runner(call, source)
      if (source.path.startsWith('/')) call.out.line("tar: Removing leading `/' from member names")
      download(call, run, source, destination.path)
    }
  },
}

/** Reads `[[namespace/]pod:]path`. */
function placeOf(call: CommandLine, text: string): CopyEnd {
  const at = text.indexOf(':')
  if (at < 0 || text.startsWith('/') || text.startsWith('./') || text.startsWith('../'))
    return { pod: '', namespace: '', path: text }
  const [where, path] = [text.slice(0, at), text.slice(at + 1)]
  const parts = where.split('/')
  if (where === '' || parts.length > 2)
    throw new KubectlError('filespec must match the canonical format: [[namespace/]pod:]file/path')
  return parts.length === 2
    ? { namespace: parts[0] as string, pod: parts[1] as string, path }
    : { namespace: call.namespace, pod: where, path }
}

const baseName = (path: string): string =>
  path
    .replace(/(?<!\/)\/+$/, '')
    .split('/')
    .at(-1) as string

function upload(call: CommandLine, path: string, to: CopyEnd): void {
  const { files } = call
  const text = files.text(path)
  const inside = text === undefined ? files.below(path) : []
  if (text === undefined && inside.length === 0)
    throw new KubectlError(`${path} doesn't exist in local filesystem`)
  const run = runner(call, to)
  const isFolder = to.path.endsWith('/') || run(['test', '-d', to.path]).exitCode === 0
  const base = isFolder ? `${to.path.replace(/(?<!\/)\/+$/, '')}/${baseName(path)}` : to.path
  const copies =
    text === undefined
      ? inside.map(
          ({ source, text: content }) =>
            [`${base}/${source.slice(path.replace(/(?<!\/)\/+$/, '').length + 1)}`, content] as const,
        )
      : [[base, text] as const]
  for (const [target, content] of copies) {
    const folder = target.slice(0, target.lastIndexOf('/'))
    if (text === undefined && folder !== '') run(['mkdir', '-p', folder])
    const { exitCode, stderr } = run(['tee', target], content)
    if (exitCode !== 0) failed(call, stderr.replace(/^tee: /, 'tar: '), exitCode)
  }
}

function download(call: CommandLine, run: Runner, from: CopyEnd, path: string): void {
  if (run(['test', '-d', from.path]).exitCode === 0) {
    const listed = run(['ls', from.path])
    if (listed.exitCode !== 0) failed(call, listed.stderr, listed.exitCode)
    for (const name of listed.stdout.split('\n').filter((one) => one !== ''))
      download(
        call,
        run,
        { ...from, path: `${from.path.replace(/(?<!\/)\/+$/, '')}/${name}` },
        `${path.replace(/(?<!\/)\/+$/, '')}/${name}`,
      )
    return
  }
  const { exitCode, stdout } = run(['cat', from.path])
  // kubectl prints tar's error, finds an empty archive, and still succeeds
  if (exitCode !== 0) {
    call.out.write(
      `tar: ${from.path}: Cannot stat: No such file or directory\ntar: Exiting with failure status ` +
        `due to previous errors\n`,
    )
    return
  }
  call.files.write(path.endsWith('/') ? path + baseName(from.path) : path, stdout)
}

function failed(call: CommandLine, stderr: string, exitCode: number): never {
  call.out.error(stderr)
  call.out.errorLine(`command terminated with exit code ${exitCode}`)
  throw new SilentExit(exitCode)
}

interface Ran {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

type Runner = (command: readonly string[], stdin?: string) => Ran

/** Returns a function that runs commands in the selected container. */
function runner(call: CommandLine, { pod: name, namespace }: CopyEnd): Runner {
  const { client, env, flags } = call
  const key = { namespace, name }
  const pod = client.get('pods', key)
  const { phase } = pod.status
  if (phase === 'Succeeded' || phase === 'Failed')
    throw new KubectlError(`cannot exec into a container in a completed pod; current phase is ${phase}`)
  const container = containerFor(call, pod, flags.string('container'))
  return (command, stdin) => {
    const session = client.exec(key, {
      container,
      command,
      stdin: stdin !== undefined,
      stdout: true,
      stderr: true,
    })
    if (stdin !== undefined) {
      session.write(bytesOfText(stdin))
      session.closeInput()
    }
    const { chunks, end } = collect(session, (ended) => env.until(ended, 3_600_000))
    const decoders = { stdout: new ByteDecoder(), stderr: new ByteDecoder() }
    const texts = { stdout: '', stderr: '' }
    for (const { stream, data } of chunks) texts[stream] += decoders[stream].decode(data)
    for (const stream of ['stdout', 'stderr'] as const)
      texts[stream] += decoders[stream].decode(undefined, true)
    if (end?.error !== undefined) throw new KubectlError(`Internal error occurred: ${end.error}`)
    return { ...texts, exitCode: end?.exitCode ?? 1 }
  }
}
