import type { KubeObject } from '../api/kind/definition.js'
import { controllerOf } from '../api/meta/owner-references.js'
import type { Host } from '../host/index.js'
import { LAST_APPLIED } from '../kubectl/apply/last-applied.js'
import type { Playback } from './playback.js'
import { withAlias } from './terminal-line.js'

/** What a line has done on a copy. */
interface Effect {
  /** Objects that it wrote, each as it is afterwards, without what differs from one write to the next. */
  readonly written: string
  /** Requests that only read, in order and each once. */
  readonly read: string
  /** What was asked of containers: the commands that `exec` runs, and whose logs. */
  readonly asked: string
  readonly files: string
  readonly printed: string
  readonly place: string
}

/** Written by the cluster itself as time passes. */
const OWN = new Set(['events', 'leases', 'endpoints', 'endpointslices'])

/**
 * Whether a typed line does what a wanted one does, seen from the cluster: it leaves the same objects and
 * files, and reads the same. Lines that change nothing and read nothing must print the same, and so must
 * those that ask containers for something else. Both run on copies; the wanted line on the machine where it
 * belongs, the typed one where the learner is.
 * @example await hasSameEffect(playback, 'kubectl cordon node-1', 'k cordon nodes/node-1') // true
 */
export async function hasSameEffect(
  playback: Playback,
  wanted: string,
  typed: string,
  machine?: string,
): Promise<boolean> {
  const there = playback.fork()
  await there.lead(machine)
  const from = placeOf(there)
  if (isSameLine(wanted, typed) && placeOf(playback) === from) return true
  const [a, b] = [await effectOf(there, wanted), await effectOf(playback.fork(), withAlias(typed))]
  if (a.place !== b.place || a.written !== b.written || a.files !== b.files) return false
  if (a.asked !== b.asked && (a.printed === '' || a.printed !== b.printed)) return false
  const hasChanged = a.written !== '' || a.files !== '' || a.place !== from
  if (hasChanged) return true
  if (a.read !== '' || b.read !== '') return a.read === b.read
  return a.printed !== '' && a.printed === b.printed
}

/** Whether two lines are the same but for spaces and `k`. */
export const isSameLine = (a: string, b: string): boolean => plain(a) === plain(b)

const plain = (line: string): string =>
  withAlias(line).replaceAll(/\\\n/g, ' ').trim().replaceAll(/\s+/g, ' ')

/** The machine whose shell reads a line, or the container on it. */
const placeOf = ({ host }: Playback): string =>
  host.inner === 'container' ? `${host.name}: ${host.prompt}` : host.name

async function effectOf(playback: Playback, line: string): Promise<Effect> {
  const { cluster, host } = playback
  const written = new Map<string, string>()
  const read = new Set<string>()
  const asked = new Set<string>()
  const ends = [
    cluster.on('write', ({ resource, object, type }) => {
      if (OWN.has(resource) || controllerOf(object) !== undefined) return
      const { namespace = '', name = '' } = object.metadata
      const key = `${resource} ${namespace}/${name}`
      written.set(key, type === 'DELETED' ? 'gone' : lastingText(object))
    }),
    cluster.on('request', ({ user, verb, resource, namespace = '', name = '' }) => {
      if (/^(?:get|list|watch)$/.test(verb) && !user.name.startsWith('system:'))
        read.add(`${user.name} ${verb} ${resource} ${namespace}/${name}`)
    }),
    cluster.on('audit', ({ objectRef: { subresource = '', name = '' } = {}, requestURI }) => {
      const given = new URLSearchParams(requestURI.slice(requestURI.indexOf('?')))
      if (subresource === 'exec') asked.add(`${name} ${given.getAll('command').join(' ')}`)
      if (subresource === 'log') asked.add(`${name} ${given.get('previous') ?? ''}`)
    }),
  ]
  const before = await filesOf(host)
  const { terminal } = await playback.type(line)
  for (const end of ends) end()
  const after = await filesOf(playback.host)
  return {
    written: [...written]
      .map((entry) => entry.join(' '))
      .toSorted()
      .join('\n'),
    read: [...read].join('\n'),
    asked: [...asked].join('\n'),
    files: [...after]
      .filter(([path, text]) => before.get(path) !== text)
      .map((entry) => entry.join(' '))
      .join('\n'),
    printed: terminal.trim(),
    place: placeOf(playback),
  }
}

/** An object without what two equal writes may differ in. */
function lastingText({ metadata, ...rest }: KubeObject): string {
  const { name, namespace, labels, finalizers, deletionTimestamp } = metadata
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => key !== LAST_APPLIED)
  const isGoing = deletionTimestamp !== undefined
  return JSON.stringify({
    name,
    namespace,
    labels,
    annotations,
    finalizers,
    isGoing,
    ...rest,
    status: undefined,
  })
}

/** The files that a learner works on. */
async function filesOf(host: Host): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await host.sh('find /root /etc/kubernetes /var/lib/etcd-backup /tmp -type f 2>/dev/null')
  const paths = stdout.split('\n').filter((path) => path !== '')
  return new Map(paths.map((path) => [`${host.name}:${path}`, host.read(path) ?? '']))
}
