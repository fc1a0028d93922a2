import { describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { type Host, hostOf } from '../../src/host/index.js'

const newHost = (): Host => hostOf(new SimCluster({ nodes: 1, like: 'kubeadm' }), 'master')

/** What a terminal shows for one line after the other. */
async function typed(lines: readonly string[], host = newHost()): Promise<readonly string[]> {
  const shown: string[] = []
  for (const line of lines) shown.push((await host.sh(line)).terminal)
  return shown
}

describe('a terminal remembers from line to line', () => {
  test('functions, until they are removed', async () => {
    expect(
      await typed([
        'greet() { echo "hi $1"; }; other() (echo sub)',
        'greet you; other',
        'greet() { echo again; }',
        'greet',
        '(inner() { echo x; }; inner); inner',
        'unset -f greet; greet',
        'env | grep -c BASH_FUNC',
      ]),
    ).toEqual([
      '',
      'hi you\nsub\n',
      '',
      'again\n',
      'x\nbash: inner: command not found\n',
      'bash: greet: command not found\n',
      '0\n',
    ])
  })

  test('functions of a file that it has read, and in a fork', async () => {
    const host = newHost()
    host.write('/root/lib.sh', 'if true; then\n  lib() {\n    echo from $1\n  }\nfi\n')
    await host.sh('. ./lib.sh')
    const fork = hostOf(host.cluster.fork(), 'master')
    expect(await typed(['lib here'], host.on(fork.cluster))).toEqual(['from here\n'])
    expect(await typed(['lib here'], host)).toEqual(['from here\n'])
  })

  test('options, the last exit code, and where cd - leads', async () => {
    expect(await typed(['set -u -o pipefail', 'false | true; echo $?', 'echo $nothing'])).toEqual([
      '',
      '1\n',
      'bash: nothing: unbound variable\n',
    ])
    expect(await typed(['set -e', 'false; echo no', 'set +e', 'false; echo yes'])).toEqual([
      '',
      '',
      '',
      'yes\n',
    ])
    expect(await typed(['false', 'echo $?', 'echo $?'])).toEqual(['', '1\n', '0\n'])
    expect(await typed(['cd /etc', 'cd /var', 'cd -', 'pwd'])).toEqual(['', '', '/etc\n', '/etc\n'])
    expect(await typed(['shopt -s nullglob', 'echo /etc/*.nothing'])).toEqual(['', '\n'])
  })
})

describe('a terminal shows both streams in the order of writing', () => {
  const missing = (path: string): string => `ls: cannot access '${path}': No such file or directory\n`

  test.each([
    ['ls /nope; echo x', `${missing('/nope')}x\n`],
    ['echo a; ls /nope; echo b', `a\n${missing('/nope')}b\n`],
    ['echo b | grep b; ls /nope; echo b', `b\n${missing('/nope')}b\n`],
    ['for i in 1 2; do ls /no$i; echo $i; done', `${missing('/no1')}1\n${missing('/no2')}2\n`],
    ['echo x >&2; echo y; echo z >&2', 'x\ny\nz\n'],
    ['x=$(echo a; ls /nope); echo $x; ls /no2', `${missing('/nope')}a\n${missing('/no2')}`],
    ['cat /nope /etc/hostname', 'cat: /nope: No such file or directory\ncontrol-plane\n'],
    ['cat /etc/hostname /nope', 'control-plane\ncat: /nope: No such file or directory\n'],
    ['nope; echo c', 'bash: nope: command not found\nc\n'],
    ['echo c; nope', 'c\nbash: nope: command not found\n'],
    ['cd /nope; pwd', 'bash: cd: /nope: No such file or directory\n/root\n'],
    ['grep x /nope || echo none', 'grep: /nope: No such file or directory\nnone\n'],
    ['ls /etc/hostname /etc/hosts /nope', `${missing('/nope')}/etc/hostname\n/etc/hosts\n`],
  ])('%s', async (line, shown) => {
    expect(await typed([line])).toEqual([shown])
  })
})

describe('a file whose folder is missing', () => {
  test.each([
    ['echo x > /nope/y; echo after $?', 'bash: /nope/y: No such file or directory\nafter 1\n'],
    ['echo x >> "/nope/y" && echo no', 'bash: /nope/y: No such file or directory\n'],
    ['F=/nope/y; echo x &> $F || echo other', 'bash: /nope/y: No such file or directory\nother\n'],
    ['f() { ls > /nope/y; echo on; }; f', 'bash: /nope/y: No such file or directory\non\n'],
    ['echo x > /etc/hostname/y', 'bash: /etc/hostname/y: Not a directory\n'],
    ['echo x > /dev/null; echo y > /dev/stderr; mkdir /n; echo z > /n/z; cat /n/z', 'y\nz\n'],
    ['for i in 1 2; do echo $i >> /tmp/all; done; cat /tmp/all', '1\n2\n'],
  ])('%s', async (line, shown) => {
    expect(await typed([line])).toEqual([shown])
  })
})

test('files belong to root, and xargs takes values behind its options', async () => {
  expect((await typed(['ls -l /etc/hostname /etc/hosts']))[0]).toMatch(
    /^-rw-r--r-- 1 root root .*\/etc\/hostname\n-rw-r--r-- 1 root root .*\/etc\/hosts\n$/,
  )
  expect(await typed(['echo a b | xargs -n1 echo', 'echo a | xargs -I{} echo "<{}>"'])).toEqual([
    'a\nb\n',
    '<a>\n',
  ])
})

test('arrays last from line to line, and in a fork; the exit code is that of the line', async () => {
  const host = newHost()
  const lines = ['a=(1 "2 3" x); false', 'echo $? ${#a[@]} "${a[1]}"', 'declare -A m=([x]=1); m["y z"]="5 6"']
  expect(await typed(lines, host)).toEqual(['', '1 3 2 3\n', ''])
  const fork = host.on(host.cluster.fork())
  expect(
    await typed(['a+=(w)', 'echo ${a[3]} ${m[y z]} ${m[x]}; unset a', 'echo "<${a[@]}>"'], fork),
  ).toEqual(['', 'w 5 6 1\n', '<>\n'])
  expect(await typed(['echo ${#a[@]}', 'env | grep -ci arrays', 'exit 3', 'echo ${a[0]}'], host)).toEqual([
    '3\n',
    '0\n',
    '',
    '1\n',
  ])
})

test('a function is shown as it was written', async () => {
  const shown = 'f () \n{ \n    echo hi > /tmp/o;\n    cat /tmp/o\n}\n'
  expect(
    await typed(['f() { echo hi > /tmp/o; cat /tmp/o; }', 'type f', 'declare -f', 'type -t f; f']),
  ).toEqual(['', `f is a function\n${shown}`, shown, 'function\nhi\n'])
})

test.each([
  ['{ echo a; ls /nix; echo b; } 2>&1 | cat', 'a\nE\nb\n'],
  ['(ls /nix; echo b) > /tmp/x 2>&1; cat /tmp/x', 'E\nb\n'],
  ['for i in 1 2; do echo $i; ls /nix; done 2>&1 | head -3', '1\nE\n2\n'],
  ['if true; then ls /nix; echo b; fi 2>&1 | cat', 'E\nb\n'],
  ['{ ls /nix 2> /dev/null; echo b; } 2>&1 | cat', 'b\n'],
  ['{ ls /nix > /dev/null; echo b; } 2>&1 | cat', 'E\nb\n'],
])('%s writes in order', async (line, order) => {
  const error = "ls: cannot access '/nix': No such file or directory"
  expect(await typed([line])).toEqual([order.replace('E', error)])
})
