import { beforeAll, describe, expect, it } from 'vitest'
import { SimCluster } from '../../../src/index.js'

/** A command with its output, exit code and errors. */
type Row = readonly [command: string, stdout: string, exitCode?: number, stderr?: string]

const ROWS: readonly Row[] = [
  ['expr 7 % 2; expr 3 + 4 \\* 2; expr 0', '1\n11\n0\n', 1],
  ['expr 1 / 0', '', 2, 'expr: division by zero\n'],
  ['if [[ -r /tmp/no ]] ; then echo yes; else echo no; fi; [[ a == a ]] && echo same', 'no\nsame\n'],
  ["printf 'a b\\nc d\\n' > /tmp/f; wc -l /tmp/f | awk {'print $1'}", '2\n'],
  ["printf 'a:b\\nc:d\\n' | awk -F: '{print $2, NR}'", 'b 1\nd 2\n'],
  [
    "printf 'x 1\\ny 2\\n' | awk '/y/ { print $2 }'; printf 'x 1\\ny 2\\n' | awk '$2==1 {print $NF}'",
    '2\n1\n',
  ],
  ["echo x | awk '{ while (1) x++ }'", '', 2, 'awk: cmd. line:1: Unexpected token\n'],
  [
    "touch /tmp/m; chmod 640 /tmp/m; stat -c '%a %A %n' /tmp/m; chmod u+x,o=r /tmp/m; stat -c %a /tmp/m",
    '640 -rw-r----- /tmp/m\n744\n',
  ],
  ['chown 12:34 /tmp/m; stat -c %u:%g /tmp/m; chgrp root /tmp/m; stat -c %g /tmp/m', '12:34\n0\n'],
  ['stat /nope', '', 1, "stat: can't stat '/nope': No such file or directory\n"],
  ['echo hi > /tmp/a; mv -v /tmp/a /tmp/b; cat /tmp/b', "'/tmp/a' -> '/tmp/b'\nhi\n"],
  ['mkdir -p /tmp/d/e; echo 1 > /tmp/d/e/f; mv /tmp/d /tmp/g; cat /tmp/g/e/f', '1\n'],
  ['printf hello | base64; echo aGVsbG8= | base64 -d', 'aGVsbG8=\nhello'],
  ['timeout 1 echo in-time; timeout 1 sleep 10; echo $?', 'in-time\n143\n'],
  [
    'timeout 2 sh -c "echo a; sleep 10; echo b"; echo $?; timeout 5 sh -c "sleep 1; exit 7"; echo $?',
    'a\n143\n7\n',
  ],
  ['x=$(timeout 1 sh -c "echo part; sleep 9"); echo "[$x] $?"', '[part] 143\n'],
  ["printf 'a\\na\\nb\\n' | uniq -c; printf 'a\\na\\nb\\n' | uniq -d", '      2 a\n      1 b\na\n'],
  ["printf 'one two\\n/x/y\\n' | sed -e 's/o\\(n\\)e/<&\\1>/;s#/x#/z#'", '<onen> two\n/z/y\n'],
  [
    "seq 5 | sed -n '2,3p;$p'; seq 3 | sed '/2/d'; seq 2 | sed '1a between'",
    '2\n3\n5\n1\n3\n1\nbetween\n2\n',
  ],
  ["echo a=1 > /tmp/conf; sed -i -E 's/(a)=([0-9]+)/\\2=\\1/' /tmp/conf; cat /tmp/conf", '1=a\n'],
  ['echo x | sed z', '', 1, 'sed: unsupported command z\n'],
  ['cd /tree; find . -name "*.txt"', './a.txt\n./sub/b.txt\n'],
  ['cd /tree; find . -maxdepth 1 -type d; find . -name a.txt -exec cat {} \\;', '.\n./sub\n1\n'],
  [
    'cp -r /tree /tmp/del; find /tmp/del ! -type d -delete; find /tmp/del; find /nope',
    '/tmp/del\n/tmp/del/sub\n',
    1,
    'find: /nope: No such file or directory\n',
  ],
  ['cp -r /tree /tmp/c; cp -r /tree /tmp/c; cat /tmp/c/sub/b.txt /tmp/c/tree/a.txt', '2\n1\n'],
  [
    'cp /tree /tmp/x; cp /nope /tmp/x',
    '',
    1,
    "cp: omitting directory '/tree'\ncp: can't stat '/nope': No such file or directory\n",
  ],
  ['mkdir -p /tmp/t/sub; cd /tmp/t; echo abc > f; du -s .; du -a', '12\t.\n4\t./sub\n4\t./f\n12\t.\n'],
  [
    'printf abc | md5sum; printf abc | sha256sum',
    '900150983cd24fb0d6963f7d28e17f72  -\n' +
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  -\n',
  ],
  [
    'cd /tmp; printf abc > m1; md5sum m1 > sums; md5sum -c sums; echo x >> m1; md5sum -c sums',
    'm1: OK\nm1: FAILED\n',
    1,
  ],
  [
    "printf 'a\\nb\\n' > /tmp/1; printf 'a\\nc\\n' > /tmp/2; diff /tmp/1 /tmp/2; diff /tmp/1 /tmp/1; echo $?",
    '--- /tmp/1\n+++ /tmp/2\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n0\n',
  ],
  [
    'dd if=/dev/zero of=/tmp/z bs=1k count=2; wc -c /tmp/z; printf hello | dd bs=2 skip=1 count=1',
    '2048 /tmp/z\nll',
    0,
    '2+0 records in\n2+0 records out\n1+0 records in\n1+0 records out\n',
  ],
  ['d=$(mktemp -d); test -d $d && f=$(mktemp) && test -f $f && test $d != $f && echo made', 'made\n'],
  ["printf 'a b c' | xargs -n 2 echo; printf 'a\\nb\\n' | xargs -I X echo [X]", 'a b\nc\n[a]\n[b]\n'],
  [
    'getent hosts localhost; getent hosts box.sub.default.svc.cluster.local | wc -l; getent hosts nope',
    '127.0.0.1       localhost\n1\n',
    2,
  ],
  [
    'dig +noall +answer +search kubernetes.default A',
    'kubernetes.default.svc.cluster.local.\t30\tIN\tA\t10.96.0.1\n',
  ],
  ['dig +short kubernetes.default.svc.cluster.local', '10.96.0.1\n'],
  ['dig +short -x 10.96.0.1 PTR', 'kubernetes.default.svc.cluster.local.\n'],
  [
    "printf 'hello, world, again\\n' | hexdump -C",
    '00000000  68 65 6c 6c 6f 2c 20 77  6f 72 6c 64 2c 20 61 67  |hello, world, ag|\n' +
      '00000010  61 69 6e 0a                                       |ain.|\n00000014\n',
  ],
  ["printf abc | hexdump; printf '' | hexdump", '0000000 6261 0063\n0000003\n'],
  ['ip link add dummy0 type dummy', '', 2, 'ip: RTNETLINK answers: Operation not permitted\n'],
  ['sysctl kernel.shm_rmid_forced', 'kernel.shm_rmid_forced = 1\n'],
  ['sysctl kernel/shm_rmid_forced', 'kernel.shm_rmid_forced = 1\n'],
  [
    "/bin/sh -c 'echo x > /sys/fs/cgroup/x; nope'",
    '',
    127,
    "/bin/sh: can't create /sys/fs/cgroup/x: Read-only file system\n/bin/sh: nope: not found\n",
  ],
]

describe('programs of containers', () => {
  let cluster: SimCluster
  beforeAll(() => {
    cluster = new SimCluster({ nodes: 1 })
    cluster.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'box' },
      spec: {
        subdomain: 'sub',
        securityContext: { sysctls: [{ name: 'kernel.shm_rmid_forced', value: '1' }] },
        containers: [{ name: 'c', image: 'busybox', command: ['sleep', 'infinity'] }],
      },
    })
    cluster.settle()
    cluster.exec('box', 'mkdir -p /tree/sub; echo 1 > /tree/a.txt; echo 2 > /tree/sub/b.txt')
  })

  for (const [command, stdout, exitCode = 0, stderr = ''] of ROWS) {
    it(command, () => {
      expect(cluster.exec('box', ['sh', '-c', command])).toEqual({ stdout, exitCode, stderr })
    })
  }
})
