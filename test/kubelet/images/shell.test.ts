import { beforeAll, describe, expect, test } from 'vitest'
import { SimCluster } from '../../../src/index.js'

type Case = readonly [script: string, stdout: string, exitCode?: number, stderr?: string]

const SCRIPTS: readonly Case[] = [
  ['echo hi; exit 3', 'hi\n', 3],
  ['echo a b   c; echo "a b   c"; echo \'$x\' \\$x', 'a b c\na b   c\n$x $x\n'],
  ['x="a  b"; echo $x "$x" ${x%b} ${#x} ${y:-d} ${x:+set}', 'a b a  b a 4 d set\n'],
  ['for i in 1 2 3; do echo $i; done | tail -n 1', '3\n'],
  [
    'i=0; while [ $i -lt 5 ]; do i=$((i+1)); [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; ' +
      'done; echo end',
    '1\n3\nend\n',
  ],
  ['if false; then echo a; elif true; then echo b; else echo c; fi', 'b\n'],
  ['case abc in x|y) echo no;; a*) echo yes;; esac', 'yes\n'],
  ['f() { echo "f $1"; return 5; }; f x; echo $?', 'f x\n5\n'],
  ['x=1; (x=2; exit 4); echo $? $x', '4 1\n'],
  ['echo "$(echo in $(echo deep))" `echo old`', 'in deep old\n'],
  ['true && echo a || echo b; false && echo c || echo d; ! false && echo e', 'a\nd\ne\n'],
  ['echo x | { read a; echo "got $a"; }', 'got x\n'],
  [
    'echo one > /tmp/f; echo two >> /tmp/f; cat /tmp/f; wc -l < /tmp/f; rm /tmp/f; cat /tmp/f',
    'one\ntwo\n2\n',
    1,
    "cat: can't open '/tmp/f': No such file or directory\n",
  ],
  ['echo err >&2', '', 0, 'err\n'],
  ['nope 2>&1 | cat', 'sh: nope: not found\n'],
  ['set -e; false; echo no', '', 1],
  ['trap "echo bye" EXIT; echo hi', 'hi\nbye\n'],
  ["sh -c 'echo $0 $1' me you", 'me you\n'],
  ['FOO=1 env | grep FOO; echo "[$FOO]"', 'FOO=1\n[]\n'],
  ['cd /etc; pwd; cd /nope', '/etc\n', 2, "sh: cd: can't cd to /nope: No such file or directory\n"],
  ['sleep 2 & wait; echo done', 'done\n'],
  ['printf "%s-%03d|" a 7 b 8', 'a-007|b-008|'],
  ['seq 3 | sort -r | tr 1 x | cut -c1', '3\n2\nx\n'],
  ['echo "unterminated', '', 2, 'sh: syntax error: unterminated quoted string\n'],
  ['if true; then', '', 2, 'sh: syntax error: unexpected end of file (expecting "fi")\n'],
  ['echo $((7/0))', '', 2, 'sh: divide by zero\n'],
  ['__proto__=x; echo $__proto__ $constructor', 'x\n'],
  ['cat <<EOF\nhome $HOME\nEOF', 'home /root\n'],
  ['f() { f; }; f', '', 2, 'sh: maximum recursion depth exceeded\n'],
  ['id; whoami', 'uid=0(root) gid=0(root) groups=0(root),10(wheel)\nroot\n'],
]

describe('the little shell', () => {
  let cluster: SimCluster
  beforeAll(() => {
    cluster = new SimCluster({ nodes: 1 })
    cluster.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'box' },
      spec: { containers: [{ name: 'c', image: 'busybox', command: ['sleep', 'infinity'] }] },
    })
    cluster.settle()
  })

  test.each(
    SCRIPTS.map(([script, stdout, exitCode = 0, stderr = '']) => ({ script, stdout, exitCode, stderr })),
  )('$script', ({ script, stdout, exitCode, stderr }) => {
    expect(cluster.exec('box', script)).toEqual({ stdout, stderr, exitCode })
  })

  test('a loop without an end takes virtual time, and its container can be left', () => {
    expect(cluster.exec('box', 'while true; do :; done', { timeout: '1m' }).exitCode).toBe(-1)
  })

  test('whatever is written, the shell answers', () => {
    const pieces = [
      '(',
      ')',
      '{',
      '}',
      ';',
      '&',
      '|',
      '&&',
      '<',
      '>',
      '"',
      "'",
      '`',
      '$(',
      '${',
      '$((',
      'if',
      'do',
      'done',
      'case',
      'esac',
      'x',
      '=',
      '\n',
      '#',
      '\\',
      '<<E',
    ]
    for (let seed = 1; seed < 400; seed++) {
      let state = (seed * 2_654_435_761) % 4_294_967_296
      const script = Array.from({ length: 8 }, () => {
        state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
        return pieces[Math.floor(state / 65_536) % pieces.length]
      }).join(' ')
      expect(typeof cluster.exec('box', script, { timeout: '1s' }).exitCode).toBe('number')
    }
  })
})
