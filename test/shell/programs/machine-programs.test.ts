import { describe, expect, test } from 'vitest'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'

const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.59'

const pod = (name: string, spec: object, namespace = 'default'): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  spec,
})
const shell = { name: 'main', image: 'busybox', command: ['sleep', '1d'] }

function clusterWith(...pods: readonly object[]): SimCluster {
  const cluster = new SimCluster({ nodes: [{ name: 'n', capacity: { memory: '8Gi' } }] })
  cluster.apply([...pods])
  cluster.settle()
  return cluster
}

/** What a command prints, after its exit code if that is not 0. */
function run(cluster: SimCluster, command: string, name = 'box'): string {
  const { stdout, stderr, exitCode } = cluster.exec(name, command)
  return exitCode === 0 ? stdout : `${exitCode}: ${stdout}${stderr}`
}

describe('find', () => {
  const cluster = clusterWith(pod('box', { containers: [shell] }))
  run(cluster, 'mkdir -p /d/a /d/b/c; echo 123 > /d/a/x; touch /d/a/y /d/b/c/z; chmod 600 /d/a/y')

  test.each([
    ['-name x -o -name z', '/d/a/x /d/b/c/z'],
    ['-type f -a ! -name x', '/d/a/y /d/b/c/z'],
    ["'(' -name x -o -name y ')' -print", '/d/a/x /d/a/y'],
    ['-name x -print -o -name y', '/d/a/x'],
    ['-path /d/a -prune -o -type f -print', '/d/b/c/z'],
    ['-type f -empty', '/d/a/y /d/b/c/z'],
    ['-size 4c', '/d/a/x'],
    ['-type f -size -1', '/d/a/y /d/b/c/z'],
    ['-perm 600 -not -type d', '/d/a/y'],
    ['-mindepth 2 -maxdepth 2 -type d', '/d/b/c'],
    ['-type f -exec test -s {} ";" -print', '/d/a/x'],
  ])('%s', (expression, expected) => {
    expect(run(cluster, `find /d ${expression}`).trim().split('\n').join(' ')).toBe(expected)
  })

  test.each(['-nosuch', '-name', "'(' -name x", '-type q', '-size big', '-name x -name'])(
    'says what is wrong in %s',
    (expression) => {
      expect(run(cluster, `find /d ${expression}`)).toMatch(/^1: find: /)
    },
  )
})

describe('symbolic links', () => {
  test('lead to files and directories, also through each other, and out of a mount', () => {
    const cluster = clusterWith(
      pod('box', {
        containers: [{ ...shell, volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
        volumes: [{ name: 'v', emptyDir: {} }],
      }),
    )
    run(cluster, 'mkdir /d; echo one > /d/f; ln -s d /e; ln -s /e/f /v/link; ln -s nowhere /broken')
    expect(run(cluster, 'cat /e/f /v/link')).toBe('one\none\n')
    expect(run(cluster, 'echo two > /v/link; cat /d/f')).toBe('two\n')
    expect(run(cluster, 'readlink /v/link; readlink -f /v/link; realpath /e/f')).toBe('/e/f\n/d/f\n/d/f\n')
    expect(run(cluster, 'test -L /e && test -d /e && test ! -e /broken && test -h /broken; echo $?')).toBe(
      '0\n',
    )
    expect(run(cluster, 'ls -l /v')).toContain('lrwxrwxrwx')
    expect(run(cluster, 'ls -l /v')).toContain('link -> /e/f\n')
    expect(run(cluster, 'mkdir /t; tar cf - -C / e v | tar xf - -C /t; ls -l /t; cat /t/v/link')).toMatch(
      /e -> d\n.* v\ntwo\n$/,
    )
    run(cluster, 'cp -r /v /w; ln -s / /w/up; mv /w/up /w/root')
    expect(run(cluster, 'find /w | sort; readlink /w/link /w/root')).toBe('/w\n/w/link\n/w/root\n/e/f\n/\n')
    expect(run(cluster, 'find /e -name f; find /e/ -name f')).toBe('/e/f\n')
    expect(run(cluster, 'rm /e; cat /d/f; ls /e')).toBe('1: two\nls: /e: No such file or directory\n')
    expect(run(cluster, 'ln -s a /b; ln -s b /a; cat /a')).toContain('Symbolic link loop')
    expect(run(cluster, 'ln -s x /broken')).toContain('File exists')
    expect(run(cluster, 'ln -sf d /broken; cat /broken/f')).toBe('two\n')
    expect(run(cluster, 'ln /d/f /hard')).toBe('1: ln: /d/f: Operation not supported\n')
    const copy = cluster.fork()
    expect(run(copy, 'find / -type l -name broken; cat /broken/f')).toBe('/broken\ntwo\n')
    const restored = SimCluster.fromJSON(JSON.parse(JSON.stringify(cluster.toJSON())))
    expect(run(restored, 'cat /broken/f')).toBe('two\n')
  })
})

describe('a container', () => {
  const requests = (memory: string): object => ({ ...shell, resources: { requests: { memory, cpu: '1' } } })

  test.each([
    ['1000', {}, shell],
    ['875', {}, requests('1Gi')],
    ['999', {}, requests('1')],
    ['-997', {}, { ...shell, resources: { limits: { memory: '1Gi', cpu: '1' } } }],
    ['750', { resources: { requests: { memory: '2Gi' } } }, shell],
    ['-997', { priorityClassName: 'system-node-critical' }, shell],
  ])('has the score %s for the kernel that looks for a process to kill', (score, spec, container) => {
    const cluster = new SimCluster({ nodes: [{ name: 'n', capacity: { memory: '8Gi' } }] })
    cluster.apply([pod('box', { ...spec, containers: [container] }, 'kube-system')])
    cluster.settle()
    expect(cluster.exec('kube-system/box', 'cat /proc/1/oom_score_adj').stdout).toBe(`${score}\n`)
  })

  test('has all ids of its machine, or some of its own', () => {
    const cluster = clusterWith(
      pod('box', { containers: [shell] }),
      pod('own', { hostUsers: false, containers: [shell] }),
    )
    expect(run(cluster, 'cat /proc/self/uid_map').trim().split(/\s+/)).toEqual(['0', '0', '4294967295'])
    expect(run(cluster, 'cat /proc/self/gid_map', 'own').trim().split(/\s+/)).toEqual(['0', '65536', '65536'])
    expect(run(cluster, 'ls -ld /var/tmp; sync')).toMatch(/^drwxrwxrwt/)
  })

  test('of agnhost has bash, and what it lacks cannot be started', () => {
    const cluster = clusterWith(
      pod('box', { containers: [{ name: 'main', image: AGNHOST, args: ['pause'] }] }),
      pod('wrong', {
        restartPolicy: 'Never',
        containers: [{ name: 'main', image: AGNHOST, command: ['/bin/nothing'] }],
      }),
    )
    expect(cluster.exec('box', ['/bin/bash', '-c', 'echo hi; /agnhost --version']).stdout).toBe(
      'hi\nagnhost version 2.59\n',
    )
    const [status] = cluster.get('pods', 'default/wrong').status.containerStatuses ?? []
    expect(status?.state?.terminated?.reason ?? status?.state?.waiting?.reason).toBe('StartError')
  })

  test('can listen with nc, once or for every connection', () => {
    const cluster = clusterWith(
      pod('box', { containers: [shell] }),
      pod('once', {
        restartPolicy: 'Never',
        containers: [{ name: 'main', image: 'busybox', command: ['sh', '-c', 'echo pong | nc -l -p 1234'] }],
      }),
      pod('always', {
        containers: [{ name: 'main', image: 'busybox', command: ['nc', '-lk', '-p', '1234'] }],
      }),
    )
    const ip = (name: string): string => cluster.get('pods', `default/${name}`).status.podIP ?? ''
    expect(run(cluster, `echo ping | nc ${ip('once')} 1234`)).toBe('pong\n')
    cluster.settle()
    expect(cluster.get('pods', 'default/once').status.phase).toBe('Succeeded')
    expect(cluster.logs('once')).toBe('ping\n')
    for (const text of ['a', 'b']) run(cluster, `echo ${text} | nc ${ip('always')} 1234`)
    expect(cluster.logs('always')).toBe('a\nb\n')
    expect(run(cluster, 'nc -l')).toBe('1: nc: missing port with option -l\n')
  })
})

describe('nsenter', () => {
  const privileged = { ...shell, securityContext: { privileged: true } }

  test('runs commands among the files of the machine, which hostPath volumes share', () => {
    const cluster = clusterWith(
      pod('box', {
        hostPID: true,
        containers: [{ ...privileged, volumeMounts: [{ name: 'r', mountPath: '/rootfs' }] }],
        volumes: [{ name: 'r', hostPath: { path: '/' } }],
      }),
      pod('plain', { containers: [privileged] }),
    )
    const enter = 'nsenter --mount=/rootfs/proc/1/ns/mnt --'
    expect(
      run(cluster, `${enter} sh -c "mkdir -p /tmp/v && echo hi > /tmp/v/f && ln -s /tmp/v /tmp/w"`),
    ).toBe('')
    expect(run(cluster, 'cat /rootfs/tmp/v/f')).toBe('hi\n')
    expect(run(cluster, `${enter} cat /tmp/w/f; nsenter -t 1 -m hostname`)).toBe('hi\nn\n')
    expect(run(cluster, `echo in | ${enter} tee /tmp/v/g; cat /rootfs/tmp/v/g`)).toBe('in\nin\n')
    expect(
      run(cluster, `${enter} dd if=/dev/zero of=/tmp/v/z bs=1M count=3; ls -l /rootfs/tmp/v/z`),
    ).toContain('3145728')
    expect(run(cluster, `${enter} sh -c "exit 3"`)).toBe('3: ')
    expect(run(cluster, `${enter} mount -t nfs x /tmp/v`)).toContain('Operation not supported')
    expect(run(cluster, 'nsenter --nosuch')).toContain("unrecognized option '--nosuch'")
    expect(run(cluster, 'nsenter -t 1 -m ls', 'plain')).toBe(
      "1: nsenter: reassociate to namespace 'ns/mnt' failed: Operation not permitted\n",
    )
  })
})
