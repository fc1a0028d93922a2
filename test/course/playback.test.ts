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
