import { beforeEach, describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'

let cluster: SimCluster
beforeEach(() => {
  cluster = new SimCluster({ nodes: 1 })
  cluster.create('pods', {
    metadata: { name: 'a' },
    spec: { containers: [{ name: 'main', image: 'busybox', command: ['sleep', 'infinity'] }] },
  })
  cluster.settle()
})

const run = (line: string): { stdout: string; stderr: string; exitCode: number } => cluster.exec('a', line)

describe('patterns in a container take linear time', () => {
  const long = 'a'.repeat(5_000)

  test.each([
    ['grep -E', `echo ${long}b! | grep -cE '^(a+)+$'`],
    ['grep', `echo ${long}b! | grep -c '^\\(a*\\)*$'`],
    ['grep -w', `echo ${long}b! | grep -cw '(a|a)*c'`],
    ['sed s', `echo ${long}b! | sed -E 's/^(a|aa)+$/x/' | grep -c x`],
    ['sed with an address', `echo ${long}b! | sed -n -E '/^(a|a?)+$/p' | grep -c a`],
    ['awk', `echo ${long}b! | awk '/^(a+)+$/ {print $1}' | grep -c a`],
    ['case', `case ${long}c in *a*a*a*a*a*a*a*a*b) echo 1;; *) echo 0;; esac`],
    ['a prefix', `x=${long}c; y=\${x##*a*a*a*a*a*b}; [ "$x" = "$y" ] && echo 0`],
    ['a suffix', `x=c${long}; y=\${x%%b*a*a*a*a*a*}; [ "$x" = "$y" ] && echo 0`],
    ['find -name', `touch /tmp/${'a'.repeat(200)}; find /tmp -name '${'*a'.repeat(50)}b' | wc -l`],
    [
      'file names',
      `cd /tmp; touch ${'a'.repeat(200)}; set -- ${'*a'.repeat(50)}b; case $1 in *\\**) echo 0;; esac`,
    ],
    ['an open quote in awk', `echo x | awk '{print "${'\\\\'.repeat(100)}}' 2>&1 | grep -c zzz`],
  ])('%s', (_, line) => {
    expect(run(line).stdout.trim()).toBe('0')
  })

  test.each([
    [`echo a.b.c | sed 's/\\./-/g'`, 'a-b-c'],
    [`echo aaa | sed 's/a/b/2'`, 'aba'],
    [`echo aaa | sed 's/a/b/2g'`, 'bbb'],
    [`echo hello | sed -E 's/(l+)(o)/\\2\\1/'`, 'heoll'],
    [`echo hello | sed 's/\\(l*\\)o/[\\1]/'`, 'he[ll]'],
    [`echo a/b | sed 's#/#\\##'`, 'a#b'],
    [`echo abc | sed 's/x*/-/g'`, '-a-b-c-'],
    [`echo Abc | sed 's/a/x/i'`, 'xbc'],
    [`echo 'a+b' | sed 's/a+b/x/'`, 'x'],
    [`echo 'aab' | sed 's/a\\+b/x/'`, 'x'],
    [`printf 'foo\\nbar\\n' | grep -o 'o*'`, 'oo'],
    [`echo abcd | grep -oE 'ab|abc'`, 'abc'],
    [`echo foo.bar | grep -F 'o.b'`, 'foo.bar'],
    [`echo '*a' | grep '^*a'`, '*a'],
    [`echo one two | awk '/t[a-z]o/ {print $2}'`, 'two'],
    [`x=a/b/c; echo \${x##*/} \${x#*/} \${x%/*} \${x%%/*}`, 'c b/c a/b a'],
    [`case 7x in [[:digit:]][!0-9]) echo yes;; esac`, 'yes'],
    [
      `x='*'; case abc in $x) echo wild;; esac; case abc in "$x") echo quoted;; *) echo plain;; esac`,
      'wild\nplain',
    ],
    [`echo abc | tr a-c A-C`, 'ABC'],
    [`echo 'a\\b' | tr -d '\\\\'`, 'ab'],
  ])('%s prints %j', (line, out) => {
    expect(run(line).stdout.trimEnd()).toBe(out)
  })

  test('an invalid pattern is an error of the program', () => {
    expect(run(`echo a | grep -E '('`)).toMatchObject({
      exitCode: 2,
      stderr: "grep: bad regex '(': Invalid regexp\n",
    })
    expect(run(`echo a | sed -E 's/(a)\\1/x/'`)).toMatchObject({ exitCode: 1 })
  })
})

describe('a process that wants more than one step may use is ended', () => {
  test.each([
    ['a variable that doubles', 'x=aaaaaaaaaa; while :; do x=$x$x; done', 137],
    ['a variable that doubles in quotes', 'x=aaaaaaaaaa; while :; do x="$x$x"; done', 137],
    ['a here-document that doubles', 'x=aaaaaaaaaa; while :; do x=$(cat <<E\n$x$x\nE\n); done', 137],
    ['arguments that double', 'set -- a a; while :; do set -- "$@" "$@"; done', 2],
    [
      'variables without end',
      `x=${'a'.repeat(4_000)}; for i in $(seq 1 5000); do eval "v$i=\\$x"; done`,
      137,
    ],
    [
      'a pattern with a large program',
      `x=$(seq 1 3000); echo "$x" | tr '\\n' 0 | sed -E 's/([0-9]?){500}x*$/y/'`,
      152,
    ],
  ])(
    '%s',
    (_, line, exitCode) => {
      const { exitCode: code, stderr } = run(line)
      expect({ code, stderr: stderr.slice(-200) }).toMatchObject({ code: exitCode })
    },
    30_000,
  )

  test.each([
    ['eval', 'x=\'eval "$x"\'; eval "$x"'],
    ['a file that sources itself', 'echo ". /tmp/f" > /tmp/f; . /tmp/f'],
    ['command', 'f() { command eval f; }; f'],
    ['a script that runs itself', 'echo "sh /tmp/h" > /tmp/h; sh /tmp/h'],
    ['a script that execs itself', 'echo "exec sh /tmp/g" > /tmp/g; sh /tmp/g'],
    ['exec of exec', `${'exec '.repeat(150)}true`],
    ['commands in the background', 'while :; do sleep 1000 & done'],
    ['a trap', 'trap "trap \\"kill -TERM $$\\" TERM; kill -TERM $$" TERM; kill -TERM $$; exit 2'],
    ['a function', 'f() { f; }; f'],
  ])('nesting ends: %s', (_, line) => {
    expect(run(line).exitCode).toBe(2)
  })

  test('seq prints in slices between which others run, and ends after 600,000 lines', () => {
    const before = cluster.now()
    expect(run('seq 3 25000 | tail -1').stdout).toBe('25000\n')
    // 24,998 lines are two slices and a part
    expect(cluster.now() - before).toBe(2)
    expect(run('seq 600000 | tail -1')).toMatchObject({ stdout: '600000\n', exitCode: 0 })
    expect(run('seq 1000000000000000')).toMatchObject({ stderr: 'CPU time limit exceeded\n', exitCode: 152 })
    expect(run('seq 0 0 1').exitCode).toBe(152)
  })

  // an hour of virtual time, in which nothing else ends the command: without the limit these take hours
  test.each([
    'while :; do cat /etc/hosts >> /tmp/a; cat /tmp/a >> /tmp/a; done',
    'dd if=/dev/zero of=/tmp/x bs=1M count=500 2>/dev/null; while :; do cat /tmp/x > /tmp/y; done',
  ])('what copies for ever does so ever less often: %s', (line) => {
    expect(run(line).exitCode).toBe(-1)
  })

  test('what sleeps for a millisecond for ever wakes up ten times a second in the end', () => {
    const loop = 'while :; do sleep 0.001; echo >> /tmp/n; done'
    expect(cluster.exec('a', loop, { timeout: '10m' }).exitCode).toBe(-1)
    const wakes = Number(run('wc -l < /tmp/n').stdout)
    expect(wakes).toBeGreaterThan(40_000)
    expect(wakes).toBeLessThan(50_000)
  })

  test('output that is not read holds its process, and collected output has a limit', () => {
    const { stdout, stderr, exitCode } = run('while :; do head -c 1000000 /dev/zero; done')
    expect({ stderr, exitCode }).toEqual({
      exitCode: -1,
      stderr: 'the command has written more than 256 MiB, and is not waited for\n',
    })
    expect(stdout.length).toBeLessThan(300e6)
    expect(run('for i in $(seq 40); do head -c 1000000 /dev/zero; done').stdout.length).toBe(40_000_000)
  })

  test('a process waits until its client has read, and not for a client that has left', () => {
    const command = ['sh', '-c', 'for i in $(seq 40); do head -c 1000000 /dev/zero; done; touch /tmp/done']
    const session = cluster.client.exec({ namespace: 'default', name: 'a' }, { command, stdout: true })
    const isDone = (): boolean => run('test -e /tmp/done').exitCode === 0
    cluster.advance('10m')
    const sizeOfRead = (): number => session.read().reduce((sum, { data }) => sum + data.length, 0)
    expect(sizeOfRead()).toBeLessThan(6e6)
    cluster.advance('10m')
    expect(isDone()).toBe(false)
    session.stop()
    cluster.advance('10m')
    expect(isDone()).toBe(true)
  })

  test('files and folders without end fill their layer', () => {
    run('mkdir /tmp/d')
    for (let from = 0; from < 10_000; from += 2_000) run(`cd /tmp/d; touch $(seq ${from} ${from + 1_999})`)
    expect(run('touch /tmp/x').stderr).toContain('No space left on device')
    expect(run('mkdir /tmp/y').stderr).toContain('No space left on device')
    expect(run('rm -r /tmp/d; touch /tmp/x && echo ok').stdout).toBe('ok\n')
  })

  test('a command without end has some steps at first, and few later', () => {
    // a line for each operation or two: an hour has 1,300,000 without the limit
    expect(run('while :; do echo; done').stdout.length).toBeLessThan(200_000)
  })

  test.each(['dd if=/dev/zero of=/tmp/x bs=1 seek=10G count=1', 'dd if=/dev/zero of=/tmp/x bs=0 count=1'])(
    'sizes that nobody has are errors or nothing: %s',
    (line) => {
      expect(run(`${line}; echo done`).stdout).toBe('done\n')
    },
  )

  test('base64 wraps at any width, and takes long texts', () => {
    expect(run('echo hello | base64 -w x').stdout).toBe('aGVsbG8K')
    expect(run('echo hello | base64 -w 4').stdout).toBe('aGVs\nbG8K\n')
    expect(run('dd if=/dev/zero bs=200000 count=1 2>/dev/null | base64 -w 0 | wc -c').stdout).toBe('266668\n')
  })

  test('the container goes on', () => {
    run('x=aaaaaaaaaa; while :; do x=$x$x; done')
    expect(run('echo still here').stdout).toBe('still here\n')
  })
})

describe('a probe whose command never ends in time', () => {
  const probed = (line: string, kind: 'readinessProbe' | 'livenessProbe'): SimCluster => {
    const probe = { exec: { command: ['sh', '-c', line] }, periodSeconds: 1 }
    const container = { name: 'main', image: 'busybox', command: ['sleep', 'infinity'], [kind]: probe }
    const probing = new SimCluster({ nodes: 1 })
    probing.create('pods', { metadata: { name: 'p' }, spec: { containers: [container] } })
    return probing
  }

  test.each(['while :; do :; done', 'sleep 100', 'while :; do true & done'])(
    'does not keep settle() from rest: %s',
    (line) => {
      for (const kind of ['readinessProbe', 'livenessProbe'] as const) {
        const probing = probed(line, kind)
        const before = probing.now()
        probing.settle()
        expect(probing.now() - before).toBeLessThan(60_000)
      }
    },
  )

  test('gets fewer steps the next time, and all of them again once one has ended', () => {
    const count = 'i=$((i+1)); case $i in *00) echo $i > /tmp/rounds;; esac'
    const line = `i=0; test -f /tmp/ok || while :; do ${count}; done`
    const probing = probed(line, 'readinessProbe')
    /** How far the last probe has come. */
    const rounds = (): number => Number(probing.exec('p', 'cat /tmp/rounds').stdout)
    probing.settle()
    probing.advance('30s')
    const few = rounds()
    expect(few).toBeGreaterThan(0)
    probing.exec('p', 'touch /tmp/ok')
    probing.advance('5s')
    probing.exec('p', 'rm /tmp/ok')
    probing.advance('1s')
    expect(rounds()).toBeGreaterThan(2 * few)
  })
})
