import { expect, test } from 'vitest'
import { SimCluster } from '../../src/cluster/sim-cluster.js'

const DIRECTORY = '/var/lib/kubelet/mounts'
const CONTAINER = '/mnt/test'

/** Pods that share a directory of their node, one for each way that mounts are passed on. */
function sharing(): SimCluster {
  const cluster = new SimCluster({ nodes: 1 })
  const run = (name: string, mount: object, more: object = {}): void =>
    void cluster.create('pods', {
      metadata: { name },
      spec: {
        hostPID: true,
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'c',
            image: 'busybox',
            command: ['sleep', '1h'],
            securityContext: { privileged: true },
            volumeMounts: [{ name: 'host', mountPath: CONTAINER, ...mount }],
          },
        ],
        volumes: [{ name: 'host', hostPath: { path: DIRECTORY, type: 'DirectoryOrCreate' } }],
        ...more,
      },
    })
  run('master', { mountPropagation: 'Bidirectional' })
  run('slave', { mountPropagation: 'HostToContainer' })
  run('private', { mountPropagation: 'None' })
  run('default', {})
  cluster.settle()
  return cluster
}

const PODS = ['master', 'slave', 'private', 'default'] as const

/** What a pod, or the node by way of the master, reads in a file. */
const read = (cluster: SimCluster, pod: string, file: string): string =>
  (pod === 'node'
    ? cluster.exec('master', `nsenter --mount=/proc/1/ns/mnt -- cat ${DIRECTORY}/${file}`)
    : cluster.exec(pod, `cat ${CONTAINER}/${file}`)
  ).stdout.trim()

const seen = (cluster: SimCluster, file: string): string =>
  [...PODS, 'node'].filter((pod) => read(cluster, pod, file) !== '').join()

const mountIn = (cluster: SimCluster, pod: string): void => {
  const at = `${CONTAINER}/${pod}`
  const script = `mkdir -p ${at} && mount -t tmpfs mount-of-${pod} ${at} && echo ${pod} > ${at}/file`
  expect(cluster.exec(pod, ['sh', '-c', script])).toMatchObject({ exitCode: 0, stderr: '' })
}

const onNode = (cluster: SimCluster, script: string): unknown =>
  cluster.exec('master', ['nsenter', '--mount=/proc/1/ns/mnt', '--', 'sh', '-c', script])

test('mounts are seen where their propagation takes them, as in the suite of Kubernetes', () => {
  const cluster = sharing()
  for (const pod of PODS) mountIn(cluster, pod)
  onNode(cluster, `mkdir ${DIRECTORY}/host && mount -t tmpfs of-host ${DIRECTORY}/host`)
  onNode(cluster, `echo host > ${DIRECTORY}/host/file`)
  expect(seen(cluster, 'master/file')).toBe('master,slave,node')
  expect(seen(cluster, 'slave/file')).toBe('slave')
  expect(seen(cluster, 'private/file')).toBe('private')
  expect(seen(cluster, 'default/file')).toBe('default')
  expect(seen(cluster, 'host/file')).toBe('master,slave,node')
  const copy = cluster.fork()
  expect(seen(copy, 'host/file')).toBe('master,slave,node')
  copy.exec('master', `umount ${CONTAINER}/master`)
  expect([seen(copy, 'master/file'), seen(cluster, 'master/file')]).toEqual(['', 'master,slave,node'])
})

test('mounts of a container end with it, and those of its node stay until the node reboots', () => {
  const cluster = sharing()
  for (const pod of ['master', 'slave']) mountIn(cluster, pod)
  cluster.kubectl('delete pod slave')
  cluster.kubectl('delete pod master')
  const { metadata: _, spec, ...rest } = cluster.get('pods', 'private')
  const { nodeName: __, ...again } = spec
  cluster.create('pods', { ...rest, metadata: { name: 'later' }, spec: again })
  cluster.settle()
  // a recursive bind takes what is there when the container is made, whatever is passed on later
  expect(cluster.exec('later', `cat ${CONTAINER}/master/file`).stdout).toBe('master\n')
  expect(cluster.exec('private', `ls ${CONTAINER}/master`).stdout).toBe('')
  expect(cluster.exec('private', `ls ${CONTAINER}`).stdout).toBe('master\nslave\n')
  cluster.node('node-1').reboot()
  cluster.settle()
  cluster.advance('1m')
  expect(cluster.exec('later', `ls ${CONTAINER}/master`).stdout).toBe('')
})

test('mounts need a privileged root, a directory and a type that is known', () => {
  const cluster = sharing()
  cluster.kubectl('run plain --image=busybox -- sleep 1h')
  cluster.settle()
  const run = (pod: string, command: string): readonly [number, string] => {
    const { exitCode, stderr } = cluster.exec(pod, command)
    return [exitCode, stderr]
  }
  expect(run('plain', 'mount -t tmpfs x /tmp')).toEqual([1, 'mount: permission denied (are you root?)\n'])
  expect(run('plain', 'umount /tmp')).toEqual([1, 'umount: permission denied (are you root?)\n'])
  expect(run('slave', 'mount -t nfs x /tmp')[1]).toBe(
    'mount: mounting x on /tmp failed: Operation not supported\n',
  )
  expect(run('slave', 'mount -t tmpfs x /none')[1]).toBe(
    'mount: mounting x on /none failed: No such file or directory\n',
  )
  expect(run('slave', 'umount /tmp')).toEqual([1, "umount: can't unmount /tmp: Invalid argument\n"])
  expect(run('slave', 'mount -t tmpfs mine /tmp')).toEqual([0, ''])
  expect(cluster.exec('slave', 'mount').stdout).toContain('mine on /tmp type tmpfs (rw,relatime)\n')
  expect(cluster.exec('slave', ['sh', '-c', 'echo a > /tmp/a; umount /tmp; ls /tmp']).stdout).toBe('')
  expect(run('slave', `rm -r ${CONTAINER}`)[0]).not.toBe(0)
})

test('a mount over a mount hides it until it is taken away', () => {
  const cluster = sharing()
  const above = 'mount -t tmpfs b /x; ls /x; umount /x; cat /x/f; umount /x; ls /x'
  const script = `mkdir /x; mount -t tmpfs a /x; echo 1 > /x/f; ${above}`
  expect(cluster.exec('slave', ['sh', '-c', script]).stdout).toBe('1\n')
})

test('containers of a pod pass mounts in an emptyDir on to each other', () => {
  const cluster = new SimCluster({ nodes: 1 })
  const container = (
    name: string,
    mountPropagation: 'Bidirectional' | 'HostToContainer',
    command: string,
  ) => ({
    name,
    image: 'busybox',
    command: ['sh', '-c', command],
    securityContext: { privileged: true },
    volumeMounts: [{ name: 'shared', mountPath: '/s', mountPropagation }],
  })
  const mounts = 'mkdir /s/x && mount -t tmpfs fuse /s/x && echo hi > /s/x/f && sleep 1h'
  cluster.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default' },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [container('a', 'Bidirectional', mounts), container('b', 'HostToContainer', 'sleep 1h')],
      volumes: [{ name: 'shared', emptyDir: {} }],
    },
  })
  cluster.settle()
  expect(cluster.exec('p', 'cat /s/x/f', { container: 'b' }).stdout).toBe('hi\n')
})

test('a hostPath that is a link on the node leads to its target', () => {
  const cluster = sharing()
  onNode(
    cluster,
    `mkdir ${DIRECTORY}/real && echo text > ${DIRECTORY}/real/file && ln -s real ${DIRECTORY}/link`,
  )
  cluster.create('pods', {
    metadata: { name: 'linked' },
    spec: {
      containers: [
        {
          name: 'c',
          image: 'busybox',
          command: ['sleep', '1h'],
          volumeMounts: [{ name: 'v', mountPath: '/v' }],
        },
      ],
      volumes: [{ name: 'v', hostPath: { path: `${DIRECTORY}/link`, type: 'Directory' } }],
    },
  })
  cluster.settle()
  expect(cluster.exec('linked', 'cat /v/file').stdout).toBe('text\n')
  cluster.exec('linked', ['sh', '-c', 'echo more > /v/other'])
  expect(read(cluster, 'default', 'real/other')).toBe('more')
})
