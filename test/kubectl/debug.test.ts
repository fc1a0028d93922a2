import type { Pod } from '../../src/api/core/generated.js'
import { SimCluster } from 'simcluster'
import { beforeAll, describe, expect, it } from 'vitest'

const files = {
  'web.json': JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', labels: { app: 'web' }, annotations: { note: 'x' } },
    spec: {
      nodeName: 'node-1',
      securityContext: { runAsUser: 1000 },
      initContainers: [{ name: 'first', image: 'busybox', command: ['true'] }],
      containers: [
        {
          name: 'main',
          image: 'nginx',
          args: ['-q'],
          livenessProbe: { tcpSocket: { port: 80 } },
          securityContext: { capabilities: { add: ['CHOWN'] } },
        },
      ],
    },
  }),
  'custom.yaml': 'securityContext: {runAsUser: 0}\nenv: [{name: A, value: b}]\n',
  'wrong.yaml': 'image: other\n',
}

let original: SimCluster
beforeAll(() => {
  original = new SimCluster({ nodes: 2 })
  expect(original.kubectl('create -f web.json', { files }).stderr).toBe('')
  original.settle()
})

function after(line: string, name: string): Pod {
  const cluster = original.fork()
  const { stderr, exitCode } = cluster.kubectl(line, { files })
  expect([stderr.replace(/^Warning: Non-root .*\n/, ''), exitCode]).toEqual(['', 0])
  return cluster.get('pods', name)
}
const stderrOf = (line: string): string => original.fork().kubectl(line, { files }).stderr

describe('a copy of a pod', () => {
  it('keeps what the flags say, and shares processes unless they say no', () => {
    const bare = after('debug web --copy-to=c --image=busybox -c dbg --profile=baseline', 'c')
    expect(bare.metadata.labels).toBeUndefined()
    expect(bare.spec.containers[0]).not.toHaveProperty('livenessProbe')
    expect(bare.spec.shareProcessNamespace).toBe(true)
    const kept = after(
      'debug web --copy-to=c --image=busybox -c dbg --profile=baseline --keep-labels --keep-annotations ' +
        '--keep-liveness --keep-init-containers=false --share-processes=false --same-node',
      'c',
    )
    expect(kept.metadata).toMatchObject({ labels: { app: 'web' }, annotations: { note: 'x' } })
    expect(kept.spec).toMatchObject({
      nodeName: 'node-1',
      shareProcessNamespace: false,
      containers: [{ livenessProbe: {} }, { name: 'dbg' }],
    })
    expect(kept.spec.initContainers).toBeUndefined()
  })
  it('keeps its labels and has no new container if only images are set', () => {
    const { metadata, spec } = after('debug web --copy-to=c --set-image=*=httpd --profile=general', 'c')
    expect(metadata.labels).toEqual({ app: 'web' })
    expect(spec.containers.map(({ name, image }) => `${name} ${image}`)).toEqual(['main httpd'])
  })
  it('runs a command in a container that it has, with the rights of the profile besides its own', () => {
    const { containers } = after('debug web --copy-to=c -c main --profile=general -- sleep 1', 'c').spec
    expect(containers[0]).toMatchObject({
      command: ['sleep', '1'],
      securityContext: { capabilities: { add: ['CHOWN', 'SYS_PTRACE'] } },
    })
    expect(containers[0]).not.toHaveProperty('args')
    expect(stderrOf('debug web --copy-to=c -c nope --profile=general -- sh')).toBe(
      'error: you must specify image when creating new container\n',
    )
  })
  it('takes the place of the pod with --replace', () => {
    const cluster = original.fork()
    cluster.kubectl('debug web --copy-to=c --replace --image=busybox --profile=general -q')
    cluster.settle()
    expect(cluster.list('pods').items.map(({ metadata }) => metadata.name)).toEqual(['c'])
  })
})

describe('a debugging container', () => {
  it('takes what --custom says, but not what makes it that container', () => {
    const { ephemeralContainers } = after(
      'debug web --image=busybox -c dbg --profile=netadmin --custom=custom.yaml',
      'web',
    ).spec
    expect(ephemeralContainers?.[0]).toMatchObject({
      env: [{ name: 'A', value: 'b' }],
      securityContext: { runAsUser: 0, capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } },
    })
    expect(stderrOf('debug web --image=busybox --profile=general --custom=wrong.yaml')).toBe(
      'error: name, command, image, lifecycle and volume devices are not modifiable via custom profile\n',
    )
  })
  it('is warned of if the pod runs as somebody to whom capabilities are of no use', () => {
    expect(stderrOf('debug web --image=busybox --profile=sysadmin -q')).toMatch(/^Warning: Non-root user /)
    expect(stderrOf('debug web --image=busybox --profile=baseline -q')).toBe('')
  })
})

describe('a pod on a node', () => {
  it('sees the machine as far as its profile lets it', () => {
    const seen = (profile: string): readonly [host: boolean, root: boolean] => {
      const cluster = original.fork()
      cluster.kubectl(`debug node/node-1 --image=busybox --profile=${profile}`)
      const [pod] = cluster.list('pods', {
        labelSelector: 'app.kubernetes.io/managed-by=kubectl-debug',
      }).items
      return [
        pod?.spec.hostNetwork === true && pod.spec.hostPID === true && pod.spec.hostIPC === true,
        pod?.spec.volumes?.some(({ hostPath }) => hostPath?.path === '/') === true,
      ]
    }
    expect(seen('general')).toEqual([true, true])
    expect(seen('sysadmin')).toEqual([true, true])
    expect(seen('netadmin')).toEqual([true, false])
    expect(seen('baseline')).toEqual([false, false])
  })
})
