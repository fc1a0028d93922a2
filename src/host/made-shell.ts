import type { ContainerShell, MadeContainer } from './container-shell.js'
import { isShell, SHELL } from './container-shell.js'

/**
 * A line that makes a container with a shell, and attaches a terminal to it: `kubectl run NAME -it
 * --image=busybox -- sh`, `kubectl debug -it POD --image=busybox`.
 */
export interface MakingLine {
  readonly verb: 'run' | 'debug'
  /** Words after the verb and before `--`. */
  readonly args: readonly string[]
  /** What runs in the container; undefined: what its image runs. */
  readonly shell: string | undefined
}

const LINE = new RegExp(`^\\s*(?:kubectl|k)\\s+(run|debug)\\s+([^|;&<>()]*?)(?:\\s+--\\s+(${SHELL}))?\\s*$`)

/** Reads a line that makes a container and attaches a terminal; undefined for any other line. */
export function makingLine(line: string): MakingLine | undefined {
  const [, verb, text = '', shell] = LINE.exec(line) ?? []
  const args = text.split(/\s+/).filter((word) => word !== '')
  const has = (flag: RegExp): boolean => args.some((word) => flag.test(word))
  if ((verb !== 'run' && verb !== 'debug') || args.includes('--')) return undefined
  const isTerminal = has(/^(?:-(?:it|ti|i)|--stdin(?:=true)?)$/) && has(/^(?:-(?:it|ti|t)|--tty(?:=true)?)$/)
  if (!isTerminal || has(/^--(?:attach|dry-run|help|overrides)\b|^-h$|^-o/)) return undefined
  return { verb, args, shell }
}

/** Flags whose value is the next word. */
const VALUED = new Set(
  (
    '-n --namespace --image --context --kubeconfig --as -c --container --target --profile --copy-to --env ' +
    '-l --labels --port --restart --image-pull-policy --custom --set-image'
  ).split(' '),
)

const valueOf = (args: readonly string[], ...names: readonly string[]): string | undefined => {
  const at = args.findIndex((word) => names.some((name) => word === name || word.startsWith(`${name}=`)))
  const word = args[at] ?? ''
  return at < 0 ? undefined : word.includes('=') ? word.slice(word.indexOf('=') + 1) : args[at + 1]
}

/** The image that a line names. */
export const imageOf = ({ args }: MakingLine): string => valueOf(args, '--image') ?? ''

/** The flags that other calls of kubectl need to reach the same cluster and namespace. */
export const placeFlags = ({ args }: MakingLine): readonly string[] =>
  ['--context', '--kubeconfig', '--as'].flatMap((name) => {
    const value = valueOf(args, name)
    return value === undefined ? [] : [`${name}=${value}`]
  })

/** The flags that name its namespace. */
export function namespaceFlags({ args }: MakingLine): readonly string[] {
  const value = valueOf(args, '-n', '--namespace')
  return value === undefined ? [] : ['-n', value]
}

/** The same line without attaching, and without what needs it. */
export function withoutAttaching({ verb, args, shell }: MakingLine): string {
  const kept = args.filter((word) => !/^--rm(?:=true)?$/.test(word))
  return `kubectl ${verb} ${kept.join(' ')} --attach=false${shell === undefined ? '' : ` -- ${shell}`}`
}

/** Reads what such a line has made from what kubectl has printed; undefined if it has made nothing. */
export function madeContainer(
  { verb, args }: MakingLine,
  printed: string,
): Pick<MadeContainer, 'pod' | 'container' | 'isEphemeral'> | undefined {
  if (verb === 'run') {
    const [, pod] = /^pod\/(\S+) created/m.exec(printed) ?? []
    return pod === undefined ? undefined : { pod, container: pod, isEphemeral: false }
  }
  const [, node, ofNode] = /^Creating debugging pod (\S+) with container (\S+) on node/m.exec(printed) ?? []
  if (node !== undefined && ofNode !== undefined) return { pod: node, container: ofNode, isEphemeral: false }
  const [, given] = /^Defaulting debug container name to (\S+)\.$/m.exec(printed) ?? []
  const container = given ?? valueOf(args, '-c', '--container')
  const copy = valueOf(args, '--copy-to')
  const target = args.find((word, at) => !word.startsWith('-') && !VALUED.has(args[at - 1] ?? ''))
  const pod = copy ?? target?.replace(/^pods?\//, '')
  if (pod === undefined || container === undefined) return undefined
  return { pod, container, isEphemeral: copy === undefined }
}

/** What kubectl prints before the prompt. Source: kubectl pkg/cmd/attach/attach.go. */
export const WELCOME: string =
  'All commands and output from this session will be recorded in container logs, including credentials ' +
  "and sensitive information passed through the command prompt.\nIf you don't see a command prompt, try " +
  'pressing enter.\n'

/**
 * What kubectl prints when a shell has ended that the kubelet starts again, or a container for debugging.
 * Source: kubectl pkg/cmd/attach/attach.go reattachMessage.
 */
export function farewell({ pod, container, isEphemeral, isQuiet }: MadeContainer, policy: string): string {
  if (isQuiet || policy !== 'Always') return ''
  const again = `'kubectl attach ${pod} -c ${container} -i -t'`
  return isEphemeral
    ? 'Session ended, the ephemeral container will not be restarted but may be reattached using ' +
        `${again} if it is still running\n`
    : `Session ended, resume using ${again} command when the pod is running\n`
}

/** The shell that an image runs by itself; undefined if it runs something else. */
export function shellOf({
  entrypoint = [],
  cmd = [],
}: {
  readonly entrypoint?: readonly string[]
  readonly cmd?: readonly string[]
}): string | undefined {
  const words = [...entrypoint, ...cmd]
  return words.length === 1 && isShell(words[0] ?? '') ? words[0] : undefined
}

/** How the shell in a made container is opened. */
export const shellIn = (
  { namespace, pod, container }: MadeContainer,
  shell: string,
  flags: readonly string[],
): Pick<ContainerShell, 'call' | 'shell' | 'pod'> => ({
  call: ['kubectl exec', pod, '-n', namespace, '-c', container, ...flags, '--', shell].join(' '),
  shell,
  pod,
})
