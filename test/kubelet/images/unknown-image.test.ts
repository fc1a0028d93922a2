import { expect, it } from 'vitest'
import { SimCluster } from '../../../src/index.js'
import type { ClusterOptions } from '../../../src/index.js'

const container = { name: 'c', image: 'registry.example.com/team/migrate:v3' }
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { initContainers: [container], containers: [{ ...container, name: 'main' }] },
}
const job = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'j' },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } },
}

function cluster(options: ClusterOptions): SimCluster {
  const made = new SimCluster({ nodes: 1, ...options })
  made.apply(pod)
  made.apply(job)
  made.advance('30s')
  return made
}

it('ends init containers and Jobs of images that nobody has described, and runs other containers', () => {
  const made = cluster({})
  expect(made.get('pods', 'p').status.phase).toBe('Running')
  expect(made.get('jobs', 'j').status.succeeded).toBe(1)
})

it('runs them all on request', () => {
  const made = cluster({ containers: { unknownImages: 'run' } })
  expect(made.get('pods', 'p').status.phase).toBe('Pending')
  expect(made.get('jobs', 'j').status.active).toBe(1)
})

it('keeps to what the options say of an image or a command', () => {
  const made = cluster({ images: { migrate: { name: container.image, exitAfter: 5000, exitCode: 3 } } })
  expect(made.get('jobs', 'j').status.failed).toBeGreaterThan(0)
})

it('shows how to describe an image in the error on request', () => {
  const { status } = cluster({ containers: { unknownImages: 'error' } }).get('pods', 'p')
  const state = status.initContainerStatuses?.[0]
  const ended = state?.state?.terminated ?? state?.lastState?.terminated
  expect(ended?.reason).toBe('StartError')
  expect(ended?.message).toBe(
    `nothing describes the image "registry.example.com/team/migrate:v3": describe it in the options of the cluster,
images: {
  "migrate": defineImage({
    name: "registry.example.com/team/migrate",
    behavior: { start: () => ({ log: ['started'] }) },
  }),
}
or set containers.unknownImages to 'run'`,
  )
})

it('an image that nobody has described has the files that its commands copy, and answers its probes', () => {
  const made = new SimCluster({ nodes: 1 })
  made.create('pods', {
    metadata: { name: 'q' },
    spec: {
      hostNetwork: true,
      initContainers: [
        {
          name: 'copy',
          image: 'example.com/tools:1',
          command: ['/bin/sh', '-c', 'cp -f /reloader.sh /shared/ && cp /proc-kernel/none /shared/ || true'],
          volumeMounts: [
            { name: 'shared', mountPath: '/shared' },
            { name: 'kernel', mountPath: '/proc-kernel' },
          ],
        },
      ],
      containers: [
        {
          name: 'c',
          image: 'example.com/agent:1',
          readinessProbe: { httpGet: { host: '127.0.0.1', port: 9878, path: '/healthz' } },
        },
        {
          name: 'wrapped',
          image: 'example.com/agent:1',
          command: ['/bin/sh', '-c', '/sbin/tini -- /usr/lib/agent'],
        },
      ],
      volumes: [
        { name: 'shared', emptyDir: {} },
        // what every Linux has
        { name: 'kernel', hostPath: { path: '/proc/sys/kernel', type: 'Directory' } },
      ],
    },
  })
  made.advance('30s')
  const { status } = made.get('pods', 'q')
  expect(status?.initContainerStatuses?.[0]?.state?.terminated?.exitCode).toBe(0)
  expect(status?.containerStatuses?.map(({ ready }) => ready)).toEqual([true, true])
})

it('curl knows the options with a value', () => {
  const made = new SimCluster({ nodes: 1 })
  const args = ['--retry', '9', '--retry-max-time', '60', '--retry-delay', '1', '-s', 'http://localhost:1/']
  made.create('pods', {
    metadata: { name: 'curl' },
    spec: {
      restartPolicy: 'Never',
      containers: [{ name: 'c', image: 'curlimages/curl:8', command: ['curl'], args }],
    },
  })
  made.advance('30s')
  // the connection is refused; no option was taken for a host
  expect(made.get('pods', 'curl').status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(7)
})
