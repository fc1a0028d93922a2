import { expect, test } from 'vitest'
import { type Host, hostOf } from '../../src/host/index.js'
import { SimCluster } from '../../src/index.js'

const cluster = (): SimCluster => new SimCluster({ nodes: 1, like: 'kubeadm' }).settle()
const out = async (host: Host, line: string): Promise<string> => (await host.sh(line)).stdout

test('time and timeout go by virtual time', async () => {
  const own = cluster()
  const host = hostOf(own, 'master')
  expect((await host.sh('time { sleep 61; sleep 2; }')).stderr).toBe(
    '\nreal\t1m3.000s\nuser\t0m0.000s\nsys\t0m0.000s\n',
  )
  expect((await host.sh('time false')).exitCode).toBe(1)
  const before = own.now()
  expect(await host.sh('timeout 2 sleep 50')).toMatchObject({ exitCode: 124 })
  expect(own.now() - before).toBe(2000)
  expect(await host.sh('timeout -k 1 1m echo hi')).toMatchObject({ exitCode: 0, stdout: 'hi\n' })
  expect((await host.sh('timeout x true')).stderr).toContain("invalid time interval 'x'")
  expect((await host.sh('timeout -x 1 true')).stderr).toContain("invalid option -- 'x'")
})

test('find tests days and minutes by virtual time, and runs commands', async () => {
  const own = cluster()
  const host = hostOf(own, 'master')
  expect(await out(host, 'find /etc/kubernetes/pki -name "ca.*" -mtime -1 | head -1')).toBe(
    '/etc/kubernetes/pki/ca.crt\n',
  )
  expect(
    await out(host, "find /etc/kubernetes/pki -mtime -1 -name ca.key -exec stat -c '%a %n' {} \\;"),
  ).toBe('600 /etc/kubernetes/pki/ca.key\n600 /etc/kubernetes/pki/etcd/ca.key\n')
  expect(await out(host, 'find /etc/kubernetes -mmin -5 -name "e*.yaml" -exec grep -c image: {} +')).toBe(
    '1\n',
  )
  await host.sh('sleep 3d')
  expect(await out(host, 'find /etc/kubernetes/pki -mtime -1')).toBe('')
  expect((await host.sh('find /etc -mtime -1 -print -exec ls {} \\;')).stderr).toContain(
    '-exec is simulated as',
  )
})

test('diff prints the normal format, and the unified one', async () => {
  const host = hostOf(cluster(), 'master')
  await host.sh('seq 9 > a; { seq 2; echo x; seq 5 9; printf end; } > b')
  expect(await host.sh('diff a b')).toMatchObject({
    exitCode: 1,
    stdout: '3,4c3\n< 3\n< 4\n---\n> x\n9a9\n> end\n\\ No newline at end of file\n',
  })
  expect((await out(host, 'diff -u a b')).split('\n').slice(2)).toEqual(
    ['@@ -1,9 +1,9 @@', ' 1', ' 2', '-3', '-4', '+x', ' 5', ' 6', ' 7', ' 8', ' 9', '+end'].concat([
      '\\ No newline at end of file',
      '',
    ]),
  )
  expect(await out(host, 'diff <(seq 3) <(seq 2)')).toBe('3d2\n< 3\n')
  expect(await out(host, 'seq 3 | diff - <(seq 4)')).toBe('3a4\n> 4\n')
  expect(await host.sh('diff -s a a')).toMatchObject({ stdout: 'Files a and a are identical\n', exitCode: 0 })
  expect(await host.sh('diff -y a b')).toMatchObject({
    exitCode: 2,
    stderr: "diff: invalid option -- 'y'\ndiff: Try 'diff --help' for more information.\n",
  })
  expect((await host.sh('diff a none')).stderr).toBe('diff: none: No such file or directory\n')
})

test('here-strings may hold a sign of equality, and bytes pass beside /dev/null', async () => {
  const host = hostOf(cluster(), 'master')
  expect(await out(host, 'base64 -d <<< aGk=')).toBe('hi')
  expect(await out(host, 'openssl rand 8 2>/dev/null | wc -c')).toMatch(/^ *8\n$/)
  expect(await host.sh("python3 -c 'print(1)'")).toMatchObject({
    exitCode: 127,
    stderr: 'bash: python3: command not found\n',
  })
})

test('sleep takes as long as it says, and stat names the owner', async () => {
  const own = cluster()
  const host = hostOf(own, 'master')
  const before = own.now()
  await host.sh('sleep 1d 2h .5')
  expect(own.now() - before).toBe(26 * 3_600_000 + 500)
  expect((await host.sh('sleep 1x')).stderr).toContain("sleep: invalid time interval '1x'")
  expect(await out(host, "stat -c '%a %U:%G %F %n' /etc/kubernetes/manifests/etcd.yaml")).toBe(
    '600 root:root regular file /etc/kubernetes/manifests/etcd.yaml\n',
  )
  expect(await out(host, 'stat /etc/kubernetes/pki/ca.key | grep Uid')).toBe(
    'Access: (0600/-rw-------)  Uid: (    0/    root)   Gid: (    0/    root)\n',
  )
  expect((await host.sh('stat --file-system /')).stderr).toContain("unrecognized option '--file-system'")
  expect((await host.sh('stat none')).stderr).toBe("stat: cannot statx 'none': No such file or directory\n")
  expect(await host.sh('chown etcd:etcd /var/lib/etcd')).toMatchObject({
    exitCode: 1,
    stderr: "chown: invalid user: 'etcd:etcd'\n",
  })
})
