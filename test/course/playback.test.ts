import { expect, test } from 'vitest'
import { Playback, SimulatedShell } from '../../src/course/playback.js'
import { SimCluster } from '../../src/index.js'

const terminal = ({ shell }: Playback): string => {
  if (!(shell instanceof SimulatedShell)) throw new Error('no simulated shell')
  return `${shell.host.name}:${shell.host.workingDirectory}`
}

test('a fork of a playback goes on from where its terminal is, and leaves the original alone', async () => {
  const playback = new Playback(new SimCluster({ nodes: 2 }))
  await playback.type('export GREETING=hello')
  await playback.type('ssh node-1')
  await playback.type('cd /var/lib')
  const hash = playback.cluster.state.traceHash()
  const fork = playback.fork()
  expect(terminal(fork)).toBe('node-1:/var/lib')
  await fork.type('exit')
  await fork.type('kubectl create namespace office')
  expect((await fork.type('echo $GREETING')).stdout).toBe('hello\n')
  expect(terminal(playback)).toBe('node-1:/var/lib')
  expect(playback.cluster.state.traceHash()).toBe(hash)
  expect(playback.typed).toHaveLength(3)
  expect(fork.typed).toHaveLength(6)
})

test('a fork on another cluster of the chapter leads back to the first', async () => {
  const playback = new Playback(new SimCluster({ nodes: 2 }))
  await playback.type('kubectl create namespace office')
  await playback.play({ kind: 'event', event: 'another-cluster' })
  const fork = playback.fork()
  await fork.play({ kind: 'event', event: 'first-cluster' })
  expect((await fork.type('kubectl get namespace office')).exitCode).toBe(0)
  expect((await playback.type('kubectl get namespace office')).exitCode).toBe(1)
})

test('a playback on real machines cannot be forked', () => {
  const run = (): never => {
    throw new Error('not called')
  }
  const playback = new Playback(new SimCluster({ nodes: 1 }), { run, beside: run })
  expect(() => playback.fork()).toThrow('cannot be forked')
})

test('a step is typed on its own machine, wherever the learner has gone', async () => {
  const cluster = new SimCluster({ nodes: 2, like: 'kubeadm' })
  cluster.kubectl('run web --image=busybox -- sleep 1d')
  cluster.settle()
  const playback = new Playback(cluster)
  const text = 'kind: Pod\n'
  await playback.type('ssh node-1')
  await playback.type('exit')
  await playback.type('kubectl exec -it web -- sh')
  const written = await playback.play({
    kind: 'file',
    path: 'a.yaml',
    text,
    machine: 'master',
    isInitial: false,
  })
  expect(written.terminal).toBe('/ # exit\n')
  expect(playback.host.read('/root/a.yaml')).toBe(text)
  await playback.type('ssh node-2')
  const command = { kind: 'command', shows: [], exitCode: 0 } as const
  const shown = await playback.play({ ...command, line: 'hostname', machine: 'node-1' })
  expect(shown.terminal).toBe(
    'root@node-2:~# exit\nlogout\nConnection to node-2 closed.\nroot@control-plane:~# ssh node-1\nnode-1\n',
  )
  const answer = { kind: 'predict', part: 'answer', question: { ko: '', en: '' } } as const
  const answered = await playback.play({ ...answer, line: 'hostname', machine: 'master' })
  expect(answered.stdout).toBe('control-plane\n')
  expect(terminal(playback)).toBe('node-1:/root')
})
