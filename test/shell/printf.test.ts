import { describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'

const cluster = new SimCluster({ nodes: 1 })
cluster.create('pods', {
  metadata: { name: 'a' },
  spec: { containers: [{ name: 'main', image: 'busybox', command: ['sleep', 'infinity'] }] },
})
cluster.settle()

// checked against C's printf
test.each([
  ['%d %i %u', ['-7', '0x1f', '010'], '-7 31 8'],
  ['%5d|%-5d|%05d|%+d|% d', ['1', '2', '3', '4', '5'], '    1|2    |00003|+4| 5'],
  ['%05d|%.3d|%8.3d|%08.3d', ['-7', '7', '7', '7'], '-0007|007|     007|     007'],
  ['%x %X %#x %o %#o', ['255', '255', '255', '8', '8'], 'ff FF 0xff 10 010'],
  ['%x', ['-1'], 'ffffffffffffffff'],
  ['%s|%5s|%-5s|%.2s|%5.1s', ['abc', 'abc', 'abc', 'abc', 'abc'], 'abc|  abc|abc  |ab|    a'],
  ['%f %.2f %.0f %08.3f', ['1.5', '2.345', '2.5', '-3.14159'], '1.500000 2.35 2 -003.142'],
  ['%e %.2e %E', ['12345.678', '0', '0.00012'], '1.234568e+04 0.00e+00 1.200000E-04'],
  ['%g %g %g %g %#g', ['100000', '1000000', '0.0001', '0.00001', '1'], '100000 1e+06 0.0001 1e-05 1.00000'],
  ['%.3g %G', ['3.14159', '1e-10'], '3.14 1E-10'],
  ['%*d|%-*d|%.*f', ['5', '1', '5', '2', '1', '2.55'], '    1|2    |2.5'],
  ['%*d|', ['-4', '7'], '7   |'],
  ['%c%c', ['abc', 'xyz'], 'ax'],
  ['%b|%s', ['a\\tb', 'a\\tb'], 'a\tb|a\\tb'],
  ['%d%%\\n', ['50'], '50%\n'],
  ['%s=%d\\n', ['a', '1', 'b', '2', 'c'], 'a=1\nb=2\nc=0\n'],
  ['%d %d', ["'A", '"B'], '65 66'],
  ['%lld %hd %zu', ['1', '2', '3'], '1 2 3'],
  ['no directive', ['a'], 'no directive'],
  ['%s', [], ''],
  ['%.0f %.0f %.1f %.1f %.2e', ['1.5', '0.5', '0.25', '0.75', '1.125'], '2 0 0.2 0.8 1.12e+00'],
  ['%.1f', ['1e22'], '10000000000000000000000.0'],
] as const)('printf %j with %j prints %j', (format, args, out) => {
  const { stdout, stderr } = cluster.exec('a', ['printf', format, ...args])
  expect({ stdout, stderr }).toEqual({ stdout: out, stderr: '' })
})

describe('printf refuses what it cannot print', () => {
  test('a text that is no number', () => {
    expect(cluster.exec('a', ['printf', '%d-%d\\n', 'abc', '4'])).toEqual({
      stdout: '0-4\n',
      stderr: "printf: invalid number 'abc'\n",
      exitCode: 1,
    })
  })

  test.each(['%y', '%', '%5', '%-'])('the directive %j', (format) => {
    expect(cluster.exec('a', ['printf', `a${format}`, '1'])).toEqual({
      stdout: 'a',
      stderr: `printf: ${format}: invalid format\n`,
      exitCode: 1,
    })
  })

  test('a width for which a process has no memory', () => {
    expect(cluster.exec('a', ['printf', '%999999999d', '1']).exitCode).toBe(137)
    expect(cluster.exec('a', ['printf', '%.999999999f', '1']).exitCode).toBe(137)
    expect(cluster.exec('a', ['printf', '%*s', '999999999', '1']).exitCode).toBe(137)
  })
})
