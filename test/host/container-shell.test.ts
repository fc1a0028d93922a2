import { expect, test } from 'vitest'
import { hostOf } from '../../src/host/index.js'
import { SimCluster } from '../../src/index.js'

const opened = async (): Promise<ReturnType<typeof hostOf>> => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.kubectl('run web --image=nginx')
  cluster.kubectl('run box --image=busybox -- sleep 3600')
  cluster.settle()
  return hostOf(cluster, 'master')
}

test('kubectl exec -it opens a shell that remembers its directory and variables until exit', async () => {
  const host = await opened()
  const outside = host.prompt
  expect(host.inner).toBeUndefined()
  expect((await host.sh('kubectl exec -it web -- bash')).terminal).toBe('')
  expect(host.prompt).toBe('root@web:/# ')
  expect(host.inner).toBe('container')
  expect((await host.sh('hostname')).stdout).toBe('web\n')
  await host.sh('mkdir -p /tmp/own; cd /tmp/own')
  expect(host.prompt).toBe('root@web:/tmp/own# ')
  await host.sh("export WHO='it is me'")
  expect((await host.sh('pwd; echo "$WHO"')).stdout).toBe('/tmp/own\nit is me\n')
  expect(await host.sh('cat none')).toMatchObject({
    exitCode: 1,
    stderr: "cat: can't open 'none': No such file or directory\n",
  })
  expect((await host.sh('printf a')).stdout).toBe('a')
  await host.sh('exit')
  expect(host.prompt).toBe(outside)
  expect(host.inner).toBeUndefined()
  expect((await host.sh('echo "$WHO"')).stdout).toBe('\n')
})

test('lines of one script go where the lines before have led', async () => {
  const host = await opened()
  const { stdout } = await host.sh('kubectl exec -ti box -- sh\nhostname\ncd /tmp\npwd\nexit\nhostname')
  expect(stdout).toBe('box\n/tmp\ncontrol-plane\n')
})

test('a file of one line is there for the next, and for a fork of the terminal', async () => {
  const host = await opened()
  await host.sh('kubectl exec -i -t box -- sh')
  expect(host.prompt).toBe('/ # ')
  await host.sh('cd /tmp\necho one > note')
  const fork = host.on(host.cluster.fork())
  await fork.sh('echo two >> note')
  expect((await fork.sh('cat note')).stdout).toBe('one\ntwo\n')
  expect((await host.sh('cat note')).stdout).toBe('one\n')
})

test('what cannot be entered is told, and the terminal stays where it is', async () => {
  const host = await opened()
  const before = host.prompt
  expect((await host.sh('kubectl exec -it none -- sh')).terminal).toContain('pods "none" not found')
  expect((await host.sh('kubectl exec -it box -- bash')).terminal).toContain(
    '"bash": executable file not found',
  )
  expect(host.prompt).toBe(before)
})

test('a syntax error keeps the shell, and the end of the container ends it', async () => {
  const host = await opened()
  await host.sh('kubectl exec -it box -- sh')
  expect((await host.sh('for')).stderr).toMatch(/syntax error/)
  expect(host.prompt).toBe('/ # ')
  host.cluster.client.delete('pods', { namespace: 'default', name: 'box' })
  host.cluster.advance('1m')
  expect((await host.sh('hostname')).terminal).toContain('pods "box" not found')
  expect(host.prompt).not.toBe('/ # ')
})
