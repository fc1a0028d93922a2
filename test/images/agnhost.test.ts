import { describe, expect, it } from 'vitest'
import { SimCluster } from '../../src/index.js'
import type { Pod } from '../../src/types.js'

const IMAGE = 'registry.k8s.io/e2e-test-images/agnhost:2.56'

function podOf(name: string, args: readonly string[], more: object = {}, spec: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: name } },
    spec: { containers: [{ name: 'c', image: IMAGE, args, ...more }], ...spec },
  }
}

function clusterWith(...pods: readonly object[]): SimCluster {
  const cluster = new SimCluster({ nodes: 2 })
  for (const pod of pods) cluster.apply(pod)
  return cluster.settle()
}

const phaseOf = (cluster: SimCluster, name: string): string | undefined =>
  cluster.get('pods', { namespace: 'default', name }).status.phase

describe('agnhost', () => {
  it('mounttest tells what a volume is like', () => {
    const args = [
      'mounttest',
      '--fs_type=/vol',
      '--new_file_0660=/vol/file',
      '--file_perm=/vol/file',
      '--file_mode=/vol',
      '--file_owner=/vol/file',
    ]
    const cluster = clusterWith(
      podOf(
        'a',
        args,
        { volumeMounts: [{ name: 'v', mountPath: '/vol' }] },
        { restartPolicy: 'Never', volumes: [{ name: 'v', emptyDir: { medium: 'Memory' } }] },
      ),
    )
    expect(phaseOf(cluster, 'a')).toBe('Succeeded')
    expect(cluster.logs('a')).toBe(
      'mount type of "/vol": tmpfs\n' +
        'content of file "/vol/file": mount-tester new file\n\n' +
        'mode of file "/vol": drwxrwxrwx\n' +
        'perms of file "/vol/file": -rw-rw----\n' +
        'owner UID of "/vol/file": 0\n' +
        'owner GID of "/vol/file": 0\n',
    )
  })

  it('fails when it cannot read a file that it needs', () => {
    const args = ['test-service-account-issuer-discovery', '--token-path=/nowhere']
    const cluster = clusterWith(podOf('a', args, {}, { restartPolicy: 'Never' }))
    expect(phaseOf(cluster, 'a')).toBe('Failed')
    expect(cluster.logs('a')).toBe('/agnhost: No such file or directory\n')
  })

  it('mounttest shows a ConfigMap that appears later', () => {
    const cluster = new SimCluster({ nodes: 1 }).settle()
    cluster.apply(
      podOf(
        'a',
        [
          'mounttest',
          '--break_on_expected_content=false',
          '--retry_time=120',
          '--file_content_in_loop=/c/data',
        ],
        { volumeMounts: [{ name: 'v', mountPath: '/c' }] },
        { restartPolicy: 'Never', volumes: [{ name: 'v', configMap: { name: 'late', optional: true } }] },
      ),
    )
    cluster.advance('5s')
    expect(cluster.logs('a')).toContain(
      'Error reading file /c/data: open /c/data: no such file or directory, retrying\n',
    )
    cluster.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'late', namespace: 'default' },
      data: { data: 'value-1' },
    })
    cluster.advance('3m')
    expect(cluster.logs('a')).toContain('content of file "/c/data": value-1\n')
    expect(phaseOf(cluster, 'a')).toBe('Succeeded')
  })

  it('netexec serves HTTP and UDP, dials other pods, runs commands and exits', () => {
    const cluster = clusterWith(
      podOf('a', ['netexec', '--http-port=8083', '--udp-port=8082']),
      podOf('b', ['netexec']),
    )
    const ip = cluster.get('pods', { namespace: 'default', name: 'a' }).status.podIP ?? ''
    const own = cluster.get('pods', { namespace: 'default', name: 'b' }).status.podIP ?? ''
    const curl = (path: string): string => cluster.exec('b', `curl -s 'http://${ip}:8083${path}'`).stdout
    expect(curl('/hostname')).toBe('a')
    expect(curl('/clientip')).toMatch(new RegExp(`^${own.replaceAll('.', '\\.')}:\\d+$`))
    expect(curl('/echo?msg=hello')).toBe('hello')
    expect(curl('/shell?cmd=echo+hi')).toBe('{"output":"hi\\n"}')
    expect(curl('/shell?cmd=false')).toBe('{"error":"exit status 1"}')
    expect(JSON.parse(curl(`/dial?request=hostname&protocol=http&host=${own}&port=8080&tries=2`))).toEqual({
      responses: ['b', 'b'],
    })
    expect(JSON.parse(curl(`/dial?request=hostname&protocol=udp&host=${own}&port=8081`))).toEqual({
      responses: ['b'],
    })
    expect(JSON.parse(curl(`/dial?request=hostname&protocol=http&host=${own}&port=9`))).toEqual({
      errors: [`Get "http://${own}:9/hostname": dial tcp ${own}:9: connect: connection refused`],
    })
    expect(cluster.exec('b', `/agnhost connect ${ip}:8083`).exitCode).toBe(0)
    expect(cluster.exec('b', `/agnhost connect ${ip}:9`).stderr).toBe('REFUSED\n')
    expect(cluster.exec('b', `nc -v -z -w 2 ${ip} 8083`).exitCode).toBe(0)
    expect(cluster.exec('b', `nc -vuz -w 2 ${ip} 8082`).exitCode).toBe(0)
    expect(cluster.exec('b', `nc -z -w 2 ${ip} 9`).exitCode).toBe(1)
    expect(cluster.exec('b', `curl -s --interface ${own} http://${ip}:8083/hostname`).stdout).toBe('a')
    expect(cluster.logs('a')).toContain('GET /shell?cmd=echo hi')
    curl('/exit?code=3')
    cluster.advance('1s')
    const [status] = cluster.get('pods', { namespace: 'default', name: 'a' }).status.containerStatuses ?? []
    expect((status?.lastState?.terminated ?? status?.state?.terminated)?.exitCode).toBe(3)
  })

  it('ends on SIGTERM with the exit code of a Go program', () => {
    const cluster = clusterWith(podOf('a', ['netexec']), podOf('b', ['pause']))
    const fork = cluster.fork()
    expect(fork.exec('a', 'hostname').stdout).toBe('a\n')
    fork.delete('pods', { namespace: 'default', name: 'a' })
    fork.delete('pods', { namespace: 'default', name: 'b' })
    fork.advance('2s')
    expect(fork.list('pods', { namespace: 'default' }).items).toEqual([])
  })

  it('takes the time of --delay-shutdown after SIGTERM, and serves meanwhile', () => {
    const delay = '--delay-shutdown=20'
    const ready = { httpGet: { path: '/readyz', port: 8080 }, periodSeconds: 1, failureThreshold: 1 }
    const ports = [{ containerPort: 8080 }]
    const cluster = clusterWith(
      podOf('a', ['netexec', delay], { ports, readinessProbe: ready }),
      podOf('b', ['pause', delay]),
      podOf('c', ['nettest', delay]),
      podOf('d', ['netexec']),
    )
    const podOfName = (name: string): Pod => cluster.get('pods', { namespace: 'default', name })
    const ip = podOfName('a').status.podIP ?? ''
    const isReady = (): boolean => podOfName('a').status.containerStatuses?.[0]?.ready === true
    cluster.advance('5s')
    expect(isReady()).toBe(true)
    for (const name of ['a', 'b', 'c']) cluster.delete('pods', { namespace: 'default', name })
    cluster.advance('5s')
    expect(isReady()).toBe(false)
    expect(cluster.exec('d', `curl -s http://${ip}:8080/readyz`).stdout).toBe('shutting down')
    expect(cluster.exec('d', `curl -s http://${ip}:8080/hostname`).stdout).toBe('a')
    expect(cluster.logs('b')).toBe('Paused\nSleeping 20 seconds before exit ...')
    expect(cluster.logs('c')).toContain('Sleeping 20 seconds before exit ...')
    cluster.advance('14s')
    expect(cluster.list('pods', { namespace: 'default' }).items).toHaveLength(4)
    cluster.advance('3s')
    expect(cluster.list('pods', { namespace: 'default' }).items).toHaveLength(1)
  })

  it('prints all headers of a request', () => {
    const cluster = clusterWith(podOf('a', ['netexec']))
    const curl = (path: string): string =>
      cluster.exec('a', `curl -s -H 'X-One: 1' 'http://127.0.0.1:8080${path}'`).stdout
    expect(curl('/header?key=X-One')).toBe('1')
    expect(JSON.parse(curl('/header'))).toMatchObject({ 'X-One': ['1'] })
  })

  it('porter, test-webserver, serve-hostname and the guestbook serve', () => {
    const service = (name: string, app: string): object => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'default' },
      spec: { selector: { app }, ports: [{ name: 'p', port: 6379 }] },
    })
    const cluster = clusterWith(
      podOf('porter', ['porter'], { env: [{ name: 'SERVE_PORT_1234', value: 'foo' }] }),
      podOf('web', ['test-webserver']),
      podOf('name', ['serve-hostname']),
      service('agnhost-primary', 'primary'),
      service('agnhost-replica', 'replica'),
      podOf('primary', ['guestbook', '--http-port', '6379']),
    )
    cluster.apply(podOf('replica', ['guestbook', '--replicaof', 'agnhost-primary', '--http-port', '6379']))
    cluster.apply(podOf('front', ['guestbook', '--backend-port', '6379']))
    cluster.settle()
    cluster.advance('3s')
    const get = (pod: string, port: number, path: string): string => {
      const ip = cluster.get('pods', { namespace: 'default', name: pod }).status.podIP ?? ''
      return cluster.exec('name', `wget -qO- 'http://${ip}:${port}${path}'`).stdout
    }
    expect(get('porter', 1234, '/')).toBe('foo')
    expect(get('web', 80, '/etc/hostname')).toBe('web\n')
    expect(get('name', 9376, '/')).toBe('name')
    expect(get('front', 80, '/guestbook?cmd=get&key=messages')).toBe('{"data":""}')
    expect(get('front', 80, '/guestbook?cmd=set&key=messages&value=TestEntry')).toBe('{"message":"Updated"}')
    expect(get('front', 80, '/guestbook?cmd=get&key=messages')).toBe('{"data":"TestEntry"}')
  })

  it('prints arguments and lines of a log, and refuses unknown flags', () => {
    const never = { restartPolicy: 'Never' }
    const cluster = clusterWith(
      podOf('args', ['entrypoint-tester', 'a', '--b'], {}, never),
      podOf('two', [], { command: ['/agnhost-2', 'entrypoint-tester', 'x'] }, never),
      podOf('logs', ['logs-generator', '--log-lines-total', '10', '--run-duration', '5s'], {}, never),
      podOf('wrong', ['netexec', '--nope'], {}, never),
    )
    cluster.advance('6s')
    expect(cluster.logs('args')).toBe('[/agnhost entrypoint-tester a --b]\n')
    expect(cluster.logs('two')).toBe('[/agnhost-2 entrypoint-tester x]\n')
    const lines = cluster.logs('logs').trimEnd().split('\n')
    expect(lines).toHaveLength(10)
    expect(lines[0]).toMatch(/^I\d{4} [\d:.]+ +1 logs_generator.go:\d+\] 0 GET \/api\/v1\/namespaces\//)
    expect(phaseOf(cluster, 'logs')).toBe('Succeeded')
    expect(cluster.logs('wrong')).toBe('Error: unknown flag: --nope\n')
  })

  it('netexec and porter serve TLS with the certificate of the image', () => {
    const httpGet = { path: '/echo?msg=up', port: 8080, scheme: 'HTTPS' }
    const tls = [
      '--udp-port',
      '-1',
      '--tls-cert-file',
      '/localhost.crt',
      '--tls-private-key-file',
      '/localhost.key',
    ]
    const cluster = clusterWith(
      podOf('a', ['netexec', ...tls], { readinessProbe: { httpGet } }),
      podOf('b', ['porter'], {
        env: [{ name: 'SERVE_TLS_PORT_443', value: 'tls' }],
        readinessProbe: { httpGet: { path: '/', port: 443, scheme: 'HTTPS' } },
      }),
      // without a UDP server it never says that it is ready
      podOf('c', ['netexec', '--udp-port', '-1'], {
        readinessProbe: { httpGet: { path: '/healthz', port: 8080 } },
      }),
    )
    const ready = (name: string): boolean | undefined =>
      cluster.get('pods', { namespace: 'default', name }).status.containerStatuses?.[0]?.ready
    cluster.advance('30s')
    expect(['a', 'b', 'c'].map(ready)).toEqual([true, true, false])
  })

  it('the type of a page is guessed as in Go: the proxy rewrites the links of HTML', () => {
    const html = { name: 'SERVE_PORT_80', value: '<a href="/rewriteme">test</a>' }
    const cluster = clusterWith(
      podOf('a', ['porter'], { env: [html, { name: 'SERVE_PORT_81', value: 'href="/no"' }] }),
    )
    const path = '/api/v1/namespaces/default/pods'
    const got = (pod: string): string => cluster.kubectl(`get --raw ${path}/${pod}/proxy/`).stdout
    expect(got('a:80')).toBe(`<a href="${path}/a:80/proxy/rewriteme">test</a>`)
    expect(got('a:81')).toBe('href="/no"')
  })
})
