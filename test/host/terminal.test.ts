import { expect, test } from 'vitest'
import { hostOf } from '../../src/host/index.js'
import { terminalText } from '../../src/host/terminal-order.js'
import { SimCluster } from '../../src/index.js'

const cluster = (): SimCluster => new SimCluster({ nodes: 2, like: 'kubeadm' }).settle()

test('a terminal shows both streams of a command in the order of writing', async () => {
  const { terminal, stdout, stderr } = await hostOf(cluster(), 'master').sh(
    'kubectl drain node-1 --ignore-daemonsets',
  )
  expect(terminal.split('\n').map((line) => line.split(' ')[0])).toEqual([
    'node/node-1',
    'Warning:',
    ...stdout
      .split('\n')
      .slice(1)
      .map((line) => line.split(' ')[0]),
  ])
  expect(terminal).toHaveLength(stdout.length + stderr.length)
})

test('a warning of the server stands before what is printed after its response, and once', async () => {
  const host = hostOf(cluster(), 'master')
  const { terminal, stderr } = await host.sh('kubectl get endpoints kubernetes; kubectl get endpoints,nodes')
  expect(terminal).toMatch(
    /^Warning: v1 Endpoints is deprecated[^\n]*\nNAME +ENDPOINTS[^]*\nWarning: v1 End[^]*NAME/,
  )
  expect(stderr.match(/Warning/g)).toHaveLength(2)
  expect((await host.sh('kubectl run typo --image=ngnix')).terminal).toBe(
    'Warning: nobody has described the image ngnix; did you mean nginx?\npod/typo created\n',
  )
})

test('curl -v shows the headers before the body', async () => {
  const { terminal } = await hostOf(cluster(), 'master').sh('curl -v -k https://10.0.0.10:6443/version')
  expect(terminal).toMatch(
    /> GET \/version HTTP\/2[^]*< HTTP\/2 200[^]*"gitVersion"[^]*Connection #0 to host/,
  )
})

test('a watch on a machine is interrupted after a minute, in which time passes', async () => {
  const own = cluster()
  own.kubectl('create deployment web --image=nginx', { check: true })
  const before = own.now()
  const { stdout, exitCode } = await hostOf(own, 'master').sh('kubectl get pods --watch')
  expect(stdout).toMatch(/web-\S+ +0\/1 +Pending[^]*web-\S+ +1\/1 +Running/)
  expect(own.now() - before).toBe(60_000)
  expect(exitCode).toBe(1)
})

test('a script shows its commands one after the other, whichever stream each writes to', async () => {
  const host = hostOf(cluster(), 'master')
  const { terminal } = await host.sh(
    'kubectl get pod none; echo between; kubectl create ns a; kubectl create ns a; kubectl create ns b',
  )
  expect(terminal).toBe(
    'Error from server (NotFound): pods "none" not found\nbetween\nnamespace/a created\n' +
      'Error from server (AlreadyExists): namespaces "a" already exists\nnamespace/b created\n',
  )
  expect(
    (await host.sh('kubectl create ns c; kubectl get pod x 2>/dev/null; kubectl get pod y')).terminal,
  ).toBe('namespace/c created\nError from server (NotFound): pods "y" not found\n')
  const piped = await host.sh('kubectl drain node-2 --ignore-daemonsets 2>&1 | head -2')
  expect(piped.terminal).toBe(piped.stdout)
})

test('nothing is lost or shown twice, whatever the commands have written', () => {
  expect(
    terminalText({ stdout: 'a\nb\n', stderr: 'c\n' }, [
      { stdout: 'a\n' },
      { stderr: 'c\n' },
      { stdout: 'b\n' },
    ]),
  ).toBe('a\nc\nb\n')
  expect(terminalText({ stdout: 'x\ny\n' }, [{ stdout: 'gone\n' }])).toBe('x\ny\n')
  expect(terminalText({ stdout: 'oe\n' }, [{ stdout: 'o', stderr: 'e\n', terminal: 'e\no' }])).toBe('e\no')
})
