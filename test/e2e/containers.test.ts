import { expect, test } from 'vitest'
import { needs, serveCluster } from './harness.js'

const PODS = `
apiVersion: v1
kind: Pod
metadata: {name: box, namespace: default}
spec:
  containers:
  - {name: main, image: busybox, command: [sh, -c, 'echo started; sleep infinity']}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: default}
spec:
  containers:
  - {name: nginx, image: nginx}
`

test('the real kubectl reads logs of and runs commands in simulated containers', async (context) => {
  needs(context, 'kubectl')
  await using served = await serveCluster({ nodes: 1 })
  served.file('pods.yaml', PODS)
  await served.kubectl('apply -f pods.yaml')
  await served.kubectl('wait --for=condition=Ready pod/box pod/web --timeout=20s')
  expect(await served.kubectl('logs box')).toEqual({ stdout: 'started\n', stderr: '', code: 0 })
  expect(await served.kubectl('exec box -- hostname')).toEqual({ stdout: 'box\n', stderr: '', code: 0 })
  const missing = await served.kubectl('exec box -- bash')
  expect(missing.code).toBe(1)
  expect(missing.stderr).toMatch(/exec: "bash": executable file not found in \$PATH: unknown\n$/)
  expect((await served.kubectl('exec box -- false')).stderr).toBe('command terminated with exit code 1\n')
})
