import { describe, expect, it } from 'vitest'
import { parseIp, type IpAddress } from '../../src/lang/go/ip.js'
import { AddressBook, addressBook, addressKey, setAddressBook } from '../../src/netpol/address-book.js'
import { readNode, readPod, readWorld, type PodModel } from '../../src/netpol/index.js'

const ip = (text: string): IpAddress => parseIp(text) as IpAddress
const pod = (name: string, addresses: readonly string[], more: object = {}, phase = 'Running'): PodModel =>
  readPod({
    metadata: { namespace: 'a', name },
    spec: { ...more },
    status: { phase, podIPs: addresses.map((each) => ({ ip: each })) },
  })
const node = (name: string, ...addresses: readonly string[]): ReturnType<typeof readNode> =>
  readNode({
    metadata: { name },
    status: { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) },
  })

describe('who has an address', () => {
  const podsAt = (book: AddressBook, text: string): readonly string[] =>
    book.podsAt(ip(text)).map(({ name }) => name)

  it('the same number of another family is another address', () => {
    expect(addressKey(ip('0.0.0.1'))).not.toBe(addressKey(ip('::1')))
    expect(addressKey(ip('10.0.0.1'))).toBe(addressKey(ip('::ffff:10.0.0.1')))
  })

  it('pods, sorted; none that is on the host network, or finished', () => {
    const book = new AddressBook()
    for (const each of [
      pod('b', ['10.0.0.1', 'fd00::1']),
      pod('c', ['10.0.0.1']),
      pod('a', ['10.0.0.1']),
      pod('host', ['10.0.0.1'], { hostNetwork: true }),
      pod('done', ['10.0.0.1'], {}, 'Failed'),
    ])
      book.addPod(each)
    expect([podsAt(book, '10.0.0.1'), podsAt(book, 'fd00::1'), podsAt(book, '10.0.0.2')]).toEqual([
      ['a', 'b', 'c'],
      ['b'],
      [],
    ])
  })

  it('what is taken away is that one, and nothing where it was not', () => {
    const book = new AddressBook()
    const [a, b, done] = [
      pod('a', ['10.0.0.1', 'fd00::1']),
      pod('b', ['10.0.0.1']),
      pod('done', ['10.0.0.1', '10.0.0.9'], {}, 'Succeeded'),
    ]
    for (const each of [a, b, done]) book.addPod(each)
    book.removePod(done)
    expect(podsAt(book, '10.0.0.1')).toEqual(['a', 'b'])
    book.removePod(a)
    expect([podsAt(book, '10.0.0.1'), podsAt(book, 'fd00::1')]).toEqual([['b'], []])
    book.removePod(a)
    book.removePod(b)
    expect(podsAt(book, '10.0.0.1')).toEqual([])
  })

  it('nodes: the first by name', () => {
    const book = new AddressBook()
    const [m, n] = [node('m', '172.18.0.1', '172.18.0.2'), node('n', '172.18.0.1')]
    for (const each of [n, m]) book.addNode(each)
    expect([
      book.nodeAt(ip('172.18.0.1'))?.name,
      book.nodeAt(ip('172.18.0.2'))?.name,
      book.nodeAt(ip('172.18.0.3')),
    ]).toEqual(['m', 'm', undefined])
    book.removeNode(m)
    expect([book.nodeAt(ip('172.18.0.1'))?.name, book.nodeAt(ip('172.18.0.2'))]).toEqual(['n', undefined])
  })

  it('domains, sorted, each once; they are replaced at once', () => {
    const book = new AddressBook()
    book.setDomains(
      new Map([
        ['b.com', [ip('10.0.0.1'), ip('10.0.0.1')]],
        ['a.com', [ip('10.0.0.1'), ip('10.0.0.2')]],
      ]),
    )
    expect([
      book.domainsAt(ip('10.0.0.1')),
      book.domainsAt(ip('10.0.0.2')),
      book.domainsAt(ip('10.0.0.3')),
    ]).toEqual([['a.com', 'b.com'], ['a.com'], []])
    book.setDomains(new Map([['c.com', [ip('10.0.0.3')]]]))
    expect([book.domainsAt(ip('10.0.0.1')), book.domainsAt(ip('10.0.0.3'))]).toEqual([[], ['c.com']])
  })
})

it('a world has one book, made from it or kept up with it', () => {
  const model = readWorld({
    pods: [{ metadata: { name: 'p' }, status: { podIP: '10.0.0.1' } }],
    nodes: [
      { metadata: { name: 'n' }, status: { addresses: [{ type: 'InternalIP', address: '10.0.0.2' }] } },
    ],
    domains: { 'a.com': ['10.0.0.3'] },
  })
  const book = addressBook(model)
  expect([
    book.podsAt(ip('10.0.0.1')).length,
    book.nodeAt(ip('10.0.0.2'))?.name,
    book.domainsAt(ip('10.0.0.3')),
  ]).toEqual([1, 'n', ['a.com']])
  expect(addressBook(model)).toBe(book)
  const kept = new AddressBook()
  setAddressBook(model, kept)
  expect(addressBook(model)).toBe(kept)
})
