import type { CommandOutput, Options } from '../command.js'
import { failed, readOptions } from '../command.js'

/** The options of a subcommand, by name without dashes, separated by spaces. */
interface OptionTable {
  /** Those with a value. */
  readonly valued: string
  readonly switches: string
  /** Most words besides options. Default 0; verify takes files. */
  readonly words?: number
  /** Those that the real program has and that are not simulated. */
  readonly others: string
}

const COMMON = 'engine rand writerand provider provider-path propquery'
const DIGESTS = 'md5 sha1 sha224 sha256 sha384 sha512'

/** Source: openssl 3.0 `-help`. */
const TABLES: Readonly<Record<string, OptionTable>> = {
  genrsa: {
    valued: 'out',
    switches: 'traditional verbose quiet F4 f4',
    words: 1,
    others: `3 passout primes aes128 aes192 aes256 des3 ${COMMON}`,
  },
  genpkey: {
    valued: 'algorithm out outform pkeyopt',
    switches: 'quiet text',
    others: `paramfile pass genparam config ${COMMON}`,
  },
  rsa: {
    valued: 'in out inform outform',
    switches: 'pubin pubout noout check modulus text traditional',
    others: `passin passout RSAPublicKey_in RSAPublicKey_out aes128 aes192 aes256 des3 pvk-strong ${COMMON}`,
  },
  pkey: {
    valued: 'in out inform outform',
    switches: 'pubin pubout noout check text traditional',
    others: `passin passout pubcheck text_pub ec_conv_form ec_param_enc aes128 aes256 des3 ${COMMON}`,
  },
  rand: { valued: 'out', switches: 'base64 hex', words: 1, others: COMMON },
  req: {
    valued:
      'in out key keyout newkey subj days set_serial config section extensions reqexts addext inform ' +
      'outform copy_extensions CA CAkey',
    switches:
      'new x509 nodes noenc noout text subject pubkey modulus verify batch quiet verbose utf8 newhdr ' +
      'sha256 sha384 sha512',
    others:
      'cipher keygen_engine nameopt reqopt multivalue-rdn keyform passin passout pkeyopt sigopt vfyopt ' +
      `precert md5 sha1 sha224 ${COMMON}`,
  },
  x509: {
    valued:
      'in out key signkey CA CAkey CAserial days extfile extensions ext set_serial checkend checkhost ' +
      'checkip copy_extensions inform outform',
    switches:
      'req noout text subject issuer serial dates startdate enddate modulus fingerprint pubkey email ' +
      `CAcreateserial clrext nocert ${DIGESTS}`,
    others:
      'passin new x509toreq vfyopt keyform dateopt certopt alias nameopt hash subject_hash ' +
      'subject_hash_old issuer_hash issuer_hash_old ocspid ocsp_uri purpose checkemail ' +
      'next_serial preserve_dates subj ' +
      'force_pubkey sigopt badsig CAform CAkeyform trustout setalias clrtrust addtrust clrreject addreject ' +
      COMMON,
  },
  verify: {
    valued: 'CAfile trusted untrusted purpose attime',
    switches: 'verbose no_check_time no-CAfile no-CApath no-CAstore',
    words: Infinity,
    others:
      'nameopt CApath CAstore CRLfile crl_download show_chain policy verify_name verify_depth auth_level ' +
      'verify_hostname verify_email verify_ip ignore_critical issuer_checks crl_check crl_check_all ' +
      'policy_check explicit_policy x509_strict extended_crl use_deltas check_ss_sig trusted_first ' +
      `partial_chain no_alt_chains allow_proxy_certs ${COMMON}`,
  },
  s_client: {
    valued: 'connect CAfile servername cert key',
    switches: 'showcerts brief quiet',
    words: 1,
    others:
      'host port bind proxy unix 4 6 certform cert_chain build_chain keyform pass verify nameopt CApath ' +
      'CAstore reconnect sess_out sess_in crlf ign_eof starttls prexit debug msg state trace keylogfile ' +
      'noservername status alpn tls1 tls1_1 tls1_2 tls1_3 no_tls1_2 no_tls1_3 verify_return_error ' +
      `verify_hostname verify_ip verify_depth cipher ciphersuites sigalgs curves groups ${COMMON}`,
  },
}

/** Numbers, and what openssl calls them. */
const NUMBERS = ['days', 'checkend', 'attime']
/** Those whose unknown option is named with the dash. */
const DASHED = ['verify', 'genrsa', 'rsa', 'pkey', 'rand', 's_client', 'genpkey']
const WITH_DIGEST = ['req', 'x509']

/**
 * Reads the options of a subcommand. Returns an output that says what is wrong of them: unknown ones and
 * missing values in openssl's words, and those that are not simulated.
 */
export function readSubcommand(verb: string, args: readonly string[]): Options | CommandOutput {
  const table = TABLES[verb]
  if (table === undefined) return readOptions(args, [])
  const [valued, switches, others] = [table.valued, table.switches, table.others].map((text) =>
    text.split(' '),
  )
  const help = `${verb}: Use -help for summary.`
  const wrong = (text: string): CommandOutput => failed(`${verb}: ${text}\n${help}`)
  let words = 0
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? ''
    const [, name, given] = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(word) ?? []
    if (name === undefined || word === '-') {
      if (++words > (table.words ?? 0)) return wrong(`Extra option: "${word}"`)
      continue
    }
    if (others?.includes(name) === true) return failed(`${verb}: option -${name} is not simulated`)
    if (switches?.includes(name) === true) continue
    if (valued?.includes(name) !== true)
      return wrong(
        WITH_DIGEST.includes(verb)
          ? `Unknown option or message digest: ${name}`
          : `Unknown option: ${DASHED.includes(verb) ? '-' : ''}${name}`,
      )
    const value = given ?? args[++at]
    if (value === undefined) return wrong(`Option -${name} needs a value`)
    if (NUMBERS.includes(name) && !/^-?\d+$/.test(value)) return wrong(`Can't parse "${value}" as a number`)
    const form = name.endsWith('form') ? value.toUpperCase() : 'PEM'
    if (form !== 'PEM' && form !== 'DER') return wrong(`Invalid format "${value}" for option -${name}`)
  }
  return readOptions(args, valued ?? [])
}
