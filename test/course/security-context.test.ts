import { describe, expect, it } from 'vitest'
import { SimCluster } from '../../src/index.js'
import type { ContainerInput, PodInput, PodSpecInput } from '../../src/types.js'

const FORMS = [
  { form: 'as written, v1.13', version: 'v1.13', kubelet: 'v1.13.7-gke.8' },
  { form: 'today, v1.35', version: 'v1.35', kubelet: 'v1.35.2' },
] as const

const demo = (spec: Partial<PodSpecInput>, own: Partial<ContainerInput> = {}): PodInput => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'security-context-demo', namespace: 'default' },
  spec: {
    ...spec,
    containers: [
      {
        name: 'sec-ctx-demo',
        image: 'busybox',
        command: ['sh', '-c', 'sleep 1h'],
        volumeMounts: [{ name: 'sec-ctx-vol', mountPath: '/data/demo' }],
        ...own,
      },
    ],
    volumes: [{ name: 'sec-ctx-vol', emptyDir: {} }],
  },
})

describe.each(FORMS)('security contexts, $form', ({ version, kubelet }) => {
  const started = (pod: PodInput): SimCluster => {
    const cluster = new SimCluster({ version, nodes: [{ name: 'node-1', kubeletVersion: kubelet }] })
    cluster.create('pods', pod)
    return cluster.settle()
  }
  const run = (cluster: SimCluster, line: string): string => {
    const { stdout, stderr } = cluster.kubectl(`exec security-context-demo -- sh -c '${line}'`)
    return stdout + stderr
  }

  it('S1: runAsUser, runAsGroup, fsGroup are what id prints', () => {
    const cluster = started(demo({ securityContext: { runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000 } }))
    expect(run(cluster, 'id')).toBe(
      version === 'v1.13'
        ? 'uid=1000 gid=0(root) groups=0(root),2000\n'
        : 'uid=1000 gid=3000 groups=2000,3000\n',
    )
    expect(run(cluster, 'echo hello > /data/demo/testfile; ls -l /data/demo; ls -l /data')).toMatch(
      /^total 0\n-rw-r--r-- +1 1000 +2000 +6 .* testfile\ntotal 0\ndrwxrwsrwx +1 root +2000 .* demo\n$/,
    )
    expect(run(cluster, 'touch /etc/x')).toContain('Permission denied')
  })

  it('S2: the setting of the container wins over that of the pod', () => {
    const cluster = started(
      demo(
        { securityContext: { runAsUser: 1000 } },
        { securityContext: { runAsUser: 2000, allowPrivilegeEscalation: false } },
      ),
    )
    expect(run(cluster, 'id -u')).toBe('2000\n')
    expect(run(cluster, 'ps aux')).toMatch(/ 1 2000 +0:00 .*sleep 1h/)
  })

  it('S3: capabilities, read-only root, no_new_privs, as data and in the container', () => {
    const securityContext = {
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['DAC_OVERRIDE'], add: ['NET_ADMIN'] },
    }
    const cluster = started(demo({}, { securityContext }))
    expect(run(cluster, 'grep -E "CapEff|NoNewPrivs" /proc/1/status')).toBe(
      'CapEff:\t00000000a80435f9\nNoNewPrivs:\t1\n',
    )
    expect(run(cluster, 'id')).toBe('uid=0(root) gid=0(root) groups=0(root),10(wheel)\n')
    expect(run(cluster, 'touch /x')).toContain('Read-only file system')
    expect(run(cluster, 'touch /data/demo/x && ls /data/demo')).toBe('x\n')
    const [found] = cluster.state.security('security-context-demo')
    expect(found).toMatchObject({
      container: 'sec-ctx-demo',
      readOnlyRootFilesystem: {
        value: true,
        from: 'container',
        rule: 'securityContext.readOnlyRootFilesystem',
      },
      privileged: { value: false },
      uid: { value: 0, from: 'image' },
    })
  })

  it('S3: runAsNonRoot refuses an image that runs as root', () => {
    const cluster = started(demo({ securityContext: { runAsNonRoot: true } }))
    const pod = cluster.get('pods', { name: 'security-context-demo', namespace: 'default' })
    const why =
      'container has runAsNonRoot and image will run as root (pod: ' +
      `"security-context-demo_default(${pod.metadata.uid as string})", container: sec-ctx-demo)`
    expect(pod.status.containerStatuses?.[0]?.state.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: why,
    })
    expect(cluster.list('events').items.map(({ message }) => message)).toContain(`Error: ${why}`)
    expect(cluster.state.security('security-context-demo')[0]?.fault).toBe(why)
  })
})
