import { expect, test } from 'vitest'
import { type Host, hostOf } from '../../src/host/index.js'
import { SimCluster } from '../../src/index.js'

function begun(): { readonly own: SimCluster; readonly host: Host } {
  const own = new SimCluster({ nodes: 1, like: 'kubeadm' })
  own.kubectl('run web --image=nginx')
  own.kubectl('run box --image=busybox -- sleep 3600')
  own.settle()
  return { own, host: hostOf(own, 'master') }
}

const pods = (cluster: SimCluster): readonly (string | undefined)[] =>
  cluster.list('pods', { namespace: 'default' }).items.map(({ metadata }) => metadata.name)

const RECORDED =
  'All commands and output from this session will be recorded in container logs, including credentials and ' +
  'sensitive information passed through the command prompt.\n'
const WELCOME = `${RECORDED}If you don't see a command prompt, try pressing enter.\n`

test('kubectl run -it --rm opens a shell in a new pod, which exit ends and deletes', async () => {
  const { own, host } = begun()
  const outside = host.prompt
  expect((await host.sh('kubectl run t --image=busybox -it --rm -- sh')).terminal).toBe(WELCOME)
  expect(host.prompt).toBe('/ # ')
  expect((await host.sh('hostname\ncd /tmp; export A=1')).stdout).toBe('t\n')
  expect((await host.sh('pwd; echo $A')).stdout).toBe('/tmp\n1\n')
  expect((await host.sh('exit')).terminal).toBe(
    "Session ended, resume using 'kubectl attach t -c t -i -t' command when the pod is running\n" +
      'pod "t" deleted from default namespace\n',
  )
  expect(host.prompt).toBe(outside)
  expect(pods(own)).toEqual(['box', 'web'])
})

test('the exit code of the shell is the exit code of a pod that is not restarted', async () => {
  const { own, host } = begun()
  await host.sh('kubectl run t --image=busybox --restart=Never -i -t --quiet')
  expect(await host.sh('exit 3')).toMatchObject({
    terminal: 'pod default/t terminated (Error)\n',
    exitCode: 3,
  })
  expect(own.get('pods', 't').status).toMatchObject({
    phase: 'Failed',
    containerStatuses: [{ state: { terminated: { exitCode: 3 } } }],
  })
  await host.sh('kubectl run u --image=busybox --restart=Never -it --rm -n kube-system -- /bin/sh')
  expect(await host.sh('exit')).toMatchObject({
    terminal: 'pod "u" deleted from kube-system namespace\n',
    exitCode: 0,
  })
})

test('a pod whose policy is Always goes on after its shell, and is restarted', async () => {
  const { own, host } = begun()
  await host.sh('kubectl run t --image=busybox -it -- sh\nexit')
  own.advance('20s')
  expect(own.get('pods', 't').status.containerStatuses?.[0]).toMatchObject({ restartCount: 1 })
})

test('kubectl debug -it opens a shell beside a container, in a copy, and on a node', async () => {
  const { own, host } = begun()
  const { terminal } = await host.sh('kubectl debug -it box --image=busybox --target=box -- sh')
  expect(terminal).toContain('Targeting container "box".')
  expect(terminal.endsWith(WELCOME)).toBe(true)
  expect((await host.sh('ps')).stdout).toMatch(/ 1 root .* sleep 3600\n[^]* sh\n$/)
  expect((await host.sh('exit')).terminal).toMatch(
    /^Session ended, the ephemeral container will not be restarted but may be reattached using 'kubectl attach box -c debugger-\w+ -i -t' if it is still running\n$/,
  )
  expect(own.get('pods', 'box').status.ephemeralContainerStatuses?.[0]?.state).toMatchObject({
    terminated: { exitCode: 0 },
  })
  await host.sh('kubectl debug box -it --copy-to=twin -c extra --image=busybox -- sh')
  expect((await host.sh('hostname')).stdout).toBe('twin\n')
  await host.sh('exit\nkubectl debug node/node-1 -it --image=busybox')
  expect((await host.sh('ls -d /host/etc; exit')).stdout).toBe('/host/etc\n')
  expect((await host.sh('kubectl get pods | grep node-debugger')).stdout).toContain('Completed')
})

test('what cannot be made is told, and the terminal stays where it is', async () => {
  const { own, host } = begun()
  const outside = host.prompt
  const said: string[] = []
  for (const line of [
    'kubectl run web --image=busybox -it --rm -- sh',
    'kubectl run t --image=busybox -it -n nosuch -- sh',
    'kubectl debug -it none --image=busybox -- sh',
    'kubectl run t -it -- sh',
  ])
    said.push((await host.sh(line)).stderr.split('\n').find((text) => text.includes('rror')) ?? '')
  expect(said).toEqual([
    'Error from server (AlreadyExists): pods "web" already exists',
    'Error from server (NotFound): namespaces "nosuch" not found',
    'Error from server (NotFound): pods "none" not found',
    'error: required flag(s) "image" not set',
  ])
  own.node('node-1').kubelet.stop()
  expect(await host.sh('kubectl run t --image=busybox -it --rm -- sh')).toMatchObject({
    exitCode: 1,
    terminal: expect.stringMatching(/^pod "t" deleted [^]*error: timed out waiting for the condition\n$/),
  })
  expect(host.prompt).toBe(outside)
})

test('a command instead of a shell runs and ends', async () => {
  const { host } = begun()
  expect(
    await host.sh('kubectl run t --image=busybox -it --rm --restart=Never -- sh -c "echo hi; exit 3"'),
  ).toMatchObject({ stdout: 'hi\npod "t" deleted from default namespace\n', exitCode: 3 })
  expect((await host.sh('hostname')).stdout).toBe('control-plane\n')
})

test('a fork of the terminal goes on in the same shell', async () => {
  const { own, host } = begun()
  await host.sh('kubectl run t --image=busybox -it --rm -- sh\ncd /tmp')
  const fork = own.fork()
  const other = host.on(fork)
  expect((await other.sh('pwd\nexit')).stdout).toBe('/tmp\npod "t" deleted from default namespace\n')
  expect(pods(fork)).toEqual(['box', 'web'])
  expect(pods(own)).toEqual(['box', 't', 'web'])
})

test('kubectl says once which of several containers it has chosen', async () => {
  const { own, host } = begun()
  own.kubectl('debug box --image=busybox -- sleep 60')
  own.settle()
  expect((await host.sh('kubectl exec -it box -- sh')).stderr).toContain('Defaulted container "box"')
  expect((await host.sh('hostname')).terminal).toBe('box\n')
})
