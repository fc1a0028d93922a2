import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { hostOf } from 'simcluster/host'
import { hasOpenssl } from '../pki/support.js'

const folder = mkdtempSync(join(tmpdir(), 'simcluster-openssl-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Newer programs write `CN=x` where 3.0 has `CN = x`. */
const normal = (text: string): string => text.replaceAll(/\b(CN|O|OU|C|L|ST|emailAddress) = /g, '$1=')

function real(words: readonly string[]): string {
  return normal(
    execFileSync('openssl', words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  )
}

const LOOKS: readonly string[] = [
  '-text',
  '-subject',
  '-issuer',
  '-serial',
  '-dates',
  '-startdate',
  '-enddate',
  '-modulus',
  '-fingerprint -sha256',
  '-subject -issuer -dates',
]

describe.skipIf(!hasOpenssl)('the openssl of a host prints what the real one prints', () => {
  const cluster = new SimCluster({ nodes: 1 })
  const host = hostOf(cluster, 'master')
  const own = async (words: string): Promise<string> => normal((await host.sh(`openssl ${words}`)).stdout)

  test('each certificate of the control plane, looked at in each way', async () => {
    for (const path of cluster.pki.paths().filter((each) => each.endsWith('.crt'))) {
      writeFileSync(join(folder, 'one.crt'), cluster.pki.read(path))
      for (const look of LOOKS)
        expect(await own(`x509 -in ${path} -noout ${look}`), `${path} ${look}`).toBe(
          real(['x509', '-in', 'one.crt', '-noout', ...look.split(' ')]),
        )
    }
  })

  test('keys and requests, with the subject as it was typed', async () => {
    const subject = '/C=KR/O=boanproject/O=second/OU=team a/CN=gasbugs'
    await host.sh(`openssl genrsa -out k.pem 2048; openssl req -new -key k.pem -subj "${subject}" -out r.csr
openssl x509 -req -in r.csr -CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -CAcreateserial -days 5 -out c.crt`)
    for (const name of ['k.pem', 'r.csr', 'c.crt'])
      writeFileSync(join(folder, name), host.read(`/root/${name}`) ?? '')
    writeFileSync(join(folder, 'ca.crt'), cluster.pki.read('/etc/kubernetes/pki/ca.crt'))
    expect(await own('rsa -in k.pem -noout -modulus')).toBe(
      real(['rsa', '-in', 'k.pem', '-noout', '-modulus']),
    )
    expect(await own('rsa -in k.pem -noout -check')).toBe(real(['rsa', '-in', 'k.pem', '-noout', '-check']))
    expect(await own('rsa -in k.pem -pubout')).toBe(real(['rsa', '-in', 'k.pem', '-pubout']))
    for (const look of ['-text', '-subject', '-pubkey', '-modulus', '-subject -modulus -text -pubkey'])
      expect(await own(`req -in r.csr -noout ${look}`), look).toBe(
        real(['req', '-in', 'r.csr', '-noout', ...look.split(' ')]),
      )
    expect(await own('req -in r.csr -pubkey')).toBe(real(['req', '-in', 'r.csr', '-pubkey']))
    expect(await own('x509 -in c.crt -noout -pubkey')).toBe(
      real(['x509', '-in', 'c.crt', '-noout', '-pubkey']),
    )
    expect(await own('x509 -in c.crt -noout -subject')).toBe(
      'subject=C=KR, O=boanproject, O=second, OU=team a, CN=gasbugs\n',
    )
    for (const look of LOOKS)
      expect(await own(`x509 -in c.crt -noout ${look}`), look).toBe(
        real(['x509', '-in', 'c.crt', '-noout', ...look.split(' ')]),
      )
    const at = String(Math.floor(cluster.now() / 1000))
    expect(await own('verify -CAfile /etc/kubernetes/pki/ca.crt c.crt')).toBe(
      real(['verify', '-attime', at, '-CAfile', 'ca.crt', 'c.crt']),
    )
    // the real one makes the same request of the same key
    execFileSync('openssl', ['req', '-new', '-key', 'k.pem', '-subj', subject, '-out', 'theirs.csr'], {
      cwd: folder,
    })
    host.write(
      '/root/theirs.csr',
      execFileSync('openssl', ['req', '-in', 'theirs.csr'], { cwd: folder, encoding: 'utf8' }),
    )
    expect(await own('req -in theirs.csr -noout -text')).toBe(
      real(['req', '-in', 'theirs.csr', '-noout', '-text']),
    )
  })
})

test('openssl prints parts in the order of its options, extensions and digests', async () => {
  const host = hostOf(new SimCluster({ nodes: 1, like: 'kubeadm' }).settle(), 'master')
  const pki = '/etc/kubernetes/pki'
  const stdout = async (line: string): Promise<string> => (await host.sh(line)).stdout
  expect(await stdout(`openssl x509 -in ${pki}/ca.crt -noout -enddate -subject`)).toMatch(
    /^notAfter=.*\nsubject=CN = kubernetes\n$/,
  )
  expect(await stdout(`openssl x509 -in ${pki}/apiserver.crt -noout -ext subjectAltName`)).toMatch(
    /^X509v3 Subject Alternative Name: \n {4}DNS:control-plane, .*IP Address:10\.96\.0\.1\n$/,
  )
  const hash = await stdout(
    `openssl x509 -pubkey -in ${pki}/ca.crt | openssl rsa -pubin -outform der 2>/dev/null | ` +
      "openssl dgst -sha256 -hex | sed 's/^.* //'",
  )
  expect(await stdout('kubeadm token create --print-join-command')).toContain(`sha256:${hash.trim()} `)
  expect((await host.sh(`openssl x509 -nosuch -in ${pki}/ca.crt`)).stderr).toContain('digest: nosuch\n')
})

test('clients of etcd see its certificate, and need one of their own', async () => {
  const host = hostOf(new SimCluster({ nodes: 1, like: 'kubeadm' }).settle(), 'master')
  const pki = '/etc/kubernetes/pki/etcd'
  const curl = `curl --cacert ${pki}/ca.crt`
  const client = `--cert ${pki}/server.crt --key ${pki}/server.key`
  expect((await host.sh('openssl s_client -connect 127.0.0.1:2379 </dev/null')).stdout).toContain(
    'issuer=CN = etcd-ca\n',
  )
  expect((await host.sh(`${curl} ${client} https://127.0.0.1:2379/health`)).stdout).toBe(
    '{"health":"true","reason":""}',
  )
  expect((await host.sh(`${curl} https://127.0.0.1:2379/health`)).stderr).toContain(
    'alert certificate required',
  )
  expect((await host.sh(`curl ${client} https://127.0.0.1:2379/health`)).exitCode).toBe(60)
  expect((await host.sh('openssl s_client -connect 127.0.0.1:10248 </dev/null')).stderr).toContain(
    'wrong version',
  )
  expect((await host.sh('openssl s_client -connect 127.0.0.1:10250 </dev/null')).stderr).toContain(
    'not simulated',
  )
  expect((await host.sh('openssl s_client -connect 127.0.0.1:81 </dev/null')).stderr).toBe(
    'connect:errno=111\n',
  )
})

const CSR_CONFIG = `[ req ]
default_bits = 2048
prompt = no
default_md = sha256          # the digest of the request
req_extensions = req_ext
distinguished_name = dn

[ dn ]
C = KR
0.O = first
1.O = second
CN = $name

[ req_ext ]
subjectAltName = @alt_names

[ alt_names ]
DNS.1 = kubernetes
DNS.2 = \\
  kubernetes.default
IP.1 = 10.96.0.1
IP.2 = fd00::1
email.1 = a@b.c
URI.1 = https://x.y

[ v3_ext ]
authorityKeyIdentifier=keyid,issuer:always
basicConstraints=critical,CA:TRUE,pathlen:1
keyUsage=critical,keyEncipherment,dataEncipherment,cRLSign,decipherOnly
extendedKeyUsage=serverAuth,clientAuth,1.2.3.4
nsCertType = client, email
nsComment = "made # for a test"
subjectAltName=@alt_names
[ bare ]
keyUsage = digitalSignature
`.replace('[ req ]', 'name = 10.0.0.1\n[ req ]')
const CA = '-CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key'

/** Lines that make certificates and requests, each into `out`. */
const MADE: readonly (readonly [line: string, verb: 'req' | 'x509'])[] = [
  ['req -new -key k.pem -config csr.conf -out out', 'req'],
  ['req -new -key k.pem -config csr.conf -reqexts bare -subj /CN=over -sha512 -out out', 'req'],
  [
    'req -new -key k.pem -subj /CN=a ' +
      '-addext "subjectAltName = DNS:x,IP:::1" -addext keyUsage=critical,digitalSignature -out out',
    'req',
  ],
  ['req -x509 -key k.pem -subj "/CN=a/emailAddress=a@b.c" -days 9 -set_serial 0x1f -out out', 'x509'],
  ['req -x509 -key k.pem -subj /CN=a -addext "basicConstraints = CA:FALSE" -set_serial 7 -out out', 'x509'],
  ['req -x509 -key k.pem -config csr.conf -extensions v3_ext -set_serial 7 -out out', 'x509'],
  [
    `x509 -req -in s.csr ${CA} -set_serial 7 -days 5 -extensions v3_ext -extfile csr.conf -sha384 -out out`,
    'x509',
  ],
  [
    `x509 -req -in s.csr ${CA} -set_serial 7 -extensions bare -extfile csr.conf ` +
      '-copy_extensions copy -out out',
    'x509',
  ],
]

describe.skipIf(!hasOpenssl)('certificates with extensions', () => {
  const cluster = new SimCluster({ nodes: 1 })
  const host = hostOf(cluster, 'master')
  host.write('/root/csr.conf', CSR_CONFIG)
  writeFileSync(join(folder, 'csr.conf'), CSR_CONFIG)
  for (const name of ['ca.crt', 'ca.key'])
    writeFileSync(join(folder, name), cluster.pki.read(`/etc/kubernetes/pki/${name}`))

  /** The text of what a line makes, without what depends on time and on the signature. */
  const withoutTimes = (text: string): string =>
    normal(text)
      .replaceAll(/Not (Before|After ?) ?: .*/g, 'Not $1')
      .replace(/Signature Value:[^]*/, '')
      // newer programs always write this identifier and say nothing of a request without attributes
      .replace(/ {12}X509v3 Subject Key Identifier: \n.*\n/, '')

  for (const [line, verb] of MADE)
    test(`are those of the real openssl: ${line}`, async () => {
      await host.sh('openssl genrsa -out k.pem; openssl req -new -key k.pem -config csr.conf -out s.csr')
      for (const name of ['k.pem', 's.csr'])
        writeFileSync(join(folder, name), host.read(`/root/${name}`) ?? '')
      expect(await host.sh(`openssl ${line}`)).toMatchObject({ exitCode: 0 })
      execFileSync('sh', ['-c', `openssl ${line.replaceAll('/etc/kubernetes/pki/', '')}`], {
        cwd: folder,
        stdio: 'ignore',
      })
      writeFileSync(join(folder, 'ours'), host.read('/root/out') ?? '')
      const theirs = real([verb, '-in', 'out', '-noout', '-text'])
      const ours = real([verb, '-in', 'ours', '-noout', '-text'])
      expect(withoutTimes(ours)).toBe(withoutTimes(theirs))
      // and each is printed as the real one prints it
      host.write('/root/theirs', real([verb, '-in', 'out']))
      const print = async (path: string): Promise<string> =>
        normal((await host.sh(`openssl ${verb} -in ${path} -noout -text`)).stdout)
      expect(await print('theirs')).toBe(theirs)
      expect(await print('out')).toBe(ours)
    })
})

/** Lines that fail, and what is said of them. */
const REFUSED: readonly (readonly [line: string, told: string])[] = [
  [`x509 -req -in s.csr ${CA} -extfile bad.cnf -extensions a`, 'unknown extension name'],
  [`x509 -req -in s.csr ${CA} -extfile bad.cnf -extensions b`, 'unknown bit string argument:signing'],
  [`x509 -req -in s.csr ${CA} -extfile bad.cnf -extensions c`, 'bad ip address:value=1.2.3'],
  [`x509 -req -in s.csr ${CA} -extfile bad.cnf -extensions d`, 'crlDistributionPoints is not simulated'],
  [`x509 -req -in s.csr ${CA} -extfile bad.cnf -extensions nowhere`, 'extension section nowhere'],
  [`x509 -req -in s.csr ${CA} -extfile none.cnf`, 'Can\'t open "none.cnf" for reading'],
  [`x509 -req -in s.csr ${CA} -extfile open.cnf`, 'missing close square bracket'],
  [`x509 -req -in s.csr ${CA} -copy_extensions some`, 'Invalid extension copy option: some'],
  [`x509 -req -in s.csr ${CA} -days soon`, `Can't parse "soon" as a number`],
  [`x509 -req -in s.csr ${CA} -CAserial none.srl`, 'none.srl: No such file or directory'],
  ['x509 -req -in s.csr', 'We need a private key to sign with'],
  ['x509 -in /etc/kubernetes/pki/ca.crt -noout -purpose', 'option -purpose is not simulated'],
  ['x509 -in', 'Option -in needs a value'],
  ['req -new -key k.pem -subj /CN=a -addext keyUsage', "missing '='"],
  ['req -new -key k.pem -subj /CN=a -addext a=b', 'unknown extension name'],
  ['req -new -newkey rsa:2048 -subj /CN=a', 'cannot ask for a pass phrase'],
  ['req -new -key k.pem', 'cannot ask for a name'],
  ['ecparam -genkey', 'openssl ecparam is not simulated'],
  ['verify -CAfile none.crt k.pem', 'Error loading file none.crt'],
]

describe('openssl says what it does not do', () => {
  const host = hostOf(new SimCluster({ nodes: 1 }), 'master')
  host.write(
    '/root/bad.cnf',
    '[a]\nnosuch = x\n[b]\nkeyUsage = signing\n[c]\nsubjectAltName = IP:1.2.3\n[d]\n' +
      'crlDistributionPoints = URI:http://x\n',
  )
  host.write('/root/open.cnf', '[a\n')
  for (const [line, told] of REFUSED)
    test(line, async () => {
      await host.sh('openssl genrsa -out k.pem; openssl req -new -key k.pem -subj /CN=a -out s.csr')
      const { exitCode, stderr } = await host.sh(`openssl ${line}`)
      expect(stderr).toContain(told)
      expect(exitCode).not.toBe(0)
    })

  test('a key of another length than was asked for', async () => {
    expect((await host.sh('openssl genrsa -out big.pem 4096')).stderr).toBe(
      'simulated: the key has 2048 bits, not 4096\n',
    )
  })
})

test('a server whose names are in the certificate request is trusted', async () => {
  const host = hostOf(new SimCluster({ nodes: 1 }), 'master')
  host.write('/root/csr.conf', CSR_CONFIG)
  const { stdout, stderr } = await host.sh(`openssl genrsa -out k.pem 2048
openssl req -new -key k.pem -config csr.conf -out s.csr
openssl x509 -req -in s.csr ${CA} -CAcreateserial -days 5 -extensions bare -extfile csr.conf \\
  -copy_extensions copy -out s.crt
openssl verify -CAfile /etc/kubernetes/pki/ca.crt s.crt
openssl x509 -in s.crt -noout -checkhost kubernetes.default -checkip 10.96.0.1
cat /etc/kubernetes/pki/ca.srl; openssl x509 -in s.crt -noout -serial`)
  expect(stderr).toBe(
    'Certificate request self-signature ok\nsubject=C = KR, O = first, O = second, CN = 10.0.0.1\n',
  )
  const [verified, name, ip, serial, printed] = stdout.split('\n')
  expect([verified, name, ip]).toEqual([
    's.crt: OK',
    'Hostname kubernetes.default does match certificate',
    'IP 10.96.0.1 does match certificate',
  ])
  expect(serial).toMatch(/^[0-9A-F]{40}$/)
  expect(printed).toBe(`serial=${serial}`)
})
