import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readCourse } from '../../src/cli/course/read.js'
import type { Chapter } from '../../src/course/chapter.js'
import { VERSIONS } from '../../src/course/chapter.js'
import type { LineRunner } from '../../src/course/playback.js'
import { Playback } from '../../src/course/playback.js'
import { SimCluster } from '../../src/index.js'
import { has, needs, programs } from '../e2e/harness.js'
import { begin } from './begin.js'
import type { Ran } from './real/real-shell.js'
import { located, RealShell } from './real/real-shell.js'
import type { RealShellOptions } from './real/real-shell.js'
import { CANNOT, REALITY } from './real/reality.js'
import type { Screen } from './shows.js'
import { screenOf, SHOWS } from './shows.js'

const NEEDED = ['kubectl', 'kubectl132', 'openssl', 'curl', 'etcdctl', 'etcdutl'] as const
/**
 * The kubectls of this machine, and what they play: everything, and of the second one a chapter of drains and
 * one of commands in containers.
 */
const KUBECTLS = [
  { program: 'kubectl', minor: 'v1.35' },
  { program: 'kubectl132', minor: 'v1.32', plays: ['v1.14 1', 'v1.35 7'] },
] as const
type Kubectl = (typeof KUBECTLS)[number]

const programsWith = ({ program, minor }: Kubectl): RealShellOptions => ({
  kubectl: minor,
  programs: {
    kubectl: programs[program],
    openssl: located(programs.openssl),
    curl: located(programs.curl),
    etcdctl: programs.etcdctl,
    etcdutl: programs.etcdutl,
  },
})

/** Real programs of which a simulated machine has one too: in these tests it is not to be asked. */
const NEVER_SIMULATED: readonly string[] = NEEDED

/** A chapter that has been played: what each row has left on the screen, and which programs it has run. */
interface Played {
  readonly shell: RealShell
  readonly rows: ReadonlyMap<string, { readonly screen: Screen; readonly ran: readonly Ran[] }>
}

/** Flags of the course's time, and what they are called in a kubectl of today. */
const RENAMED = ['--delete-local-data', '--delete-emptydir-data'] as const

/**
 * Types into a shell whose kubectl is newer than the course: by its names of flags. What it cannot do with so
 * old a cluster (see {@link CANNOT}) the API does after it, so that the next row can be played.
 */
function withNewKubectl(cluster: SimCluster, shell: LineRunner): LineRunner {
  return {
    beside: (other) => shell.beside(other),
    run: async (line) => {
      const result = await shell.run(line.replaceAll(...RENAMED))
      if (cluster.version === 'v1.14' && line.startsWith('kubectl certificate ')) {
        expect(cluster.kubectl(line.slice('kubectl '.length)).exitCode).toBe(0)
        cluster.settle()
      }
      return result
    },
  }
}

/**
 * What must hold at every instant while a row is played: called before it, answers what to check after it.
 */
const MEANWHILE: Readonly<Record<string, (cluster: SimCluster) => () => void>> = {
  N10: (cluster) => {
    let fewest = Infinity
    const end = cluster.on('write', () => {
      const ready = cluster.state
        .peek('pods', { labelSelector: 'run=php-apache' })
        .filter(
          ({ metadata, status }) =>
            metadata.deletionTimestamp === undefined &&
            status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true,
        )
      fewest = Math.min(fewest, ready.length)
    })
    return () => {
      end()
      expect(fewest).toBe(2)
    }
  },
}

async function play(chapter: Chapter, kubectl: Kubectl): Promise<Played> {
  // real openssl signs by this machine's clock
  const cluster =
    chapter.number === 4 ? begin(chapter, { time: { start: Date.now() } }).advance('1h') : begin(chapter)
  const shell = await RealShell.at(cluster, programsWith(kubectl))
  try {
    const playback = new Playback(cluster, withNewKubectl(cluster, shell))
    return { shell, rows: await playRows(chapter, playback, shell) }
  } catch (error) {
    await shell[Symbol.asyncDispose]()
    throw error
  }
}

async function playRows(chapter: Chapter, playback: Playback, shell: RealShell): Promise<Played['rows']> {
  const played = new Map<string, { readonly screen: Screen; readonly ran: readonly Ran[] }>()
  for (const { rows, steps } of chapter.sections) {
    const [typed, ran] = [playback.typed.length, shell.ran.length]
    const checks = rows.flatMap((row) => MEANWHILE[row]?.(playback.cluster) ?? [])
    for (const step of steps) await playback.play(step)
    for (const check of checks) check()
    const screen = screenOf(playback.typed.slice(typed), playback.cluster, shell.kubectl)
    for (const row of rows) played.set(row, { screen, ran: shell.ran.slice(ran) })
  }
  return played
}

const PLAYS = KUBECTLS.flatMap((kubectl) =>
  VERSIONS.flatMap((version) =>
    readCourse(version)
      .filter(
        ({ number }) =>
          !('plays' in kubectl) || kubectl.plays.some((each) => each === `${version} ${number}`),
      )
      .map((chapter) => ({
        kubectl,
        version,
        chapter,
        name: `kubectl ${kubectl.minor}, cluster ${version}, chapter ${chapter.number}: ${chapter.title.en}`,
      })),
  ),
)
const playing = new Map<number, Promise<Played>>()

/**
 * Plays number `at` of the plays; a play waits for programs most of the time, and so the next one is begun.
 */
function played(at: number): Promise<Played> {
  const started = playing.get(at)
  if (started !== undefined) return started
  const { chapter, kubectl } = PLAYS[at] as (typeof PLAYS)[number]
  const promise = play(chapter, kubectl)
  promise.catch(() => undefined)
  playing.set(at, promise)
  return promise
}

afterAll(async () => {
  for (const promise of playing.values())
    await promise.then(
      ({ shell }) => shell[Symbol.asyncDispose](),
      () => undefined,
    )
})

describe.each(PLAYS.map(({ name, version, chapter }, at) => [name, { at, version, chapter }] as const))(
  'with real programs, %s',
  (_name, { at, version, chapter }) => {
    const isReady = NEEDED.every(has)
    let one: Played | undefined
    beforeAll(async () => {
      if (!isReady) return
      const now = played(at)
      if (at + 1 < PLAYS.length) void played(at + 1)
      one = await now
    }, 180_000)

    const rows = chapter.sections.flatMap((section) =>
      section.rows.map((row) => [row, section.title.en] as const),
    )
    it.for(rows)('%s: %s', ([id], context) => {
      needs(context, ...NEEDED)
      const { screen, ran } = one?.rows.get(id) ?? {}
      if (screen === undefined || ran === undefined) throw new Error(`${id} has not been played`)
      const cannot = CANNOT[version]?.[id]
      if (cannot === undefined) SHOWS[id]?.(screen)
      else expect(screen.all, cannot.why).toMatch(cannot.says)
      const by = (who: Ran['by']): readonly string[] =>
        [...new Set(ran.filter((each) => each.by === who).map(({ program }) => program))].toSorted()
      const { programs: always, programsAt } = REALITY[id] ?? {}
      expect(by('real program')).toEqual(programsAt?.[version] ?? always)
      expect(by('simulated host').filter((program) => NEVER_SIMULATED.includes(program))).toEqual([])
    })

    if (chapter.number === 4)
      it('A11: a certificate that has ended lets nobody in', async (context) => {
        needs(context, ...NEEDED)
        const { shell } = one as Played
        const sign =
          'openssl x509 -req -in gasbugs.csr -CA /etc/kubernetes/pki/ca.crt -CAkey ' +
          '/etc/kubernetes/pki/ca.key -CAcreateserial'
        const ask = (days: number): ReturnType<RealShell['run']> =>
          shell.run(
            `${sign} -out ended.crt -days ${days}; kubectl --client-certificate=ended.crt ` +
              '--client-key=gasbugs.key get pods -n office -o name',
          )
        expect(await ask(1)).toMatchObject({
          exitCode: 0,
          stdout: expect.stringContaining('pod/nginx') as unknown,
        })
        expect(await ask(0)).toMatchObject({
          exitCode: 1,
          stderr: expect.stringContaining(
            'error: You must be logged in to the server (Unauthorized)',
          ) as unknown,
        })
      })
  },
)

it.for(VERSIONS)(
  'T5: from bare machines by kubeadm to a cluster whose control plane tells kubectl its log, %s',
  async (version, context) => {
    needs(context, ...NEEDED)
    await using shell = await RealShell.at(
      new SimCluster({ kubeadm: { init: false }, nodes: 1, version }),
      programsWith(KUBECTLS[0]),
    )
    expect(
      (
        await shell.run(
          'mkdir -p ~/.kube; kubeadm init --pod-network-cidr=10.244.0.0/16 && cp ' +
            '/etc/kubernetes/admin.conf ~/.kube/config',
        )
      ).exitCode,
    ).toBe(0)
    expect((await shell.run('sleep 30; kubectl get nodes')).stdout).toMatch(
      /^NAME[^]*\ncontrol-plane +Ready /,
    )
    const logs = await shell.run('kubectl logs -n kube-system kube-apiserver-control-plane')
    expect(logs.stdout).toContain('Serving securely on [::]:6443')
    expect((await shell.run('cat /var/log/kube-apiserver.log')).stdout).toBe(logs.stdout)
  },
)
