import type { ClusterOptions } from '../../cluster/compose/options.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { goal, podsOf, comesUp, isUp, templateOf } from './goals.js'
import { changing, gone, keepsTheRest } from './kept.js'
import { misspelt } from './draw.js'
import { lesson, type LessonSource } from './lesson.js'
import { deployment, jsonPatch, lines, patch, pattern } from './shared.js'

/** A ValidatingWebhookConfiguration for new pods that calls the Service default/guard. */
const webhookConfiguration = (name: string, path: string): object => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name },
  webhooks: [
    {
      name: `${name}.example.com`,
      clientConfig: { service: { namespace: 'default', name, path } },
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Fail',
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    },
  ],
})

/** Refuses pods without the label `owner`. */
const guard: NonNullable<ClusterOptions['webhooks']>[string] = ({ request }) => {
  const pod = request.object as
    | { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } }
    | undefined
  const allowed = pod?.metadata?.labels?.owner !== undefined
  return {
    response: {
      uid: request.uid,
      allowed,
      ...(allowed
        ? {}
        : { status: { code: 403, message: 'pods must have a label "owner" that says whose they are' } }),
    },
  }
}

/** The password in a Secret, '' if there is none. */
const passwordOf = (cluster: SimCluster, secret: string): string =>
  cluster.state.peek('secrets', { namespace: 'default', fieldSelector: `metadata.name=${secret}` })[0]
    ?.data?.['password'] ?? ''

/** Chapter 8: applications that do not work. */
export const applicationLessons: readonly LessonSource[] = [
  lesson('T1-selector', 'easy', 3, (draw) => {
    const web = draw.app()
    const wbe = misspelt(web)
    return {
      exams: ['cka', 'ckad'],
      texts: {
        ko: {
          title: '아무도 닿지 못하는 서비스',
          symptom: `포드는 잘 실행되는데 서비스 ${web}으로는 아무도 닿지 못합니다.`,
          hints: ['kubectl get endpointslices', '포드의 레이블과 서비스의 셀렉터를 비교하세요.'],
          explanation: `셀렉터가 app=${wbe}라서 어느 포드도 선택하지 않았습니다. 틀린 셀렉터는 오류가 아니라 빈 엔드포인트가 됩니다.`,
        },
        en: {
          title: 'A Service that nobody reaches',
          symptom: `Nobody reaches the Service ${web}, though its pods run.`,
          hints: [
            'kubectl get endpointslices',
            'Compare the labels of the pods with the selector of the Service.',
          ],
          explanation:
            `The selector app=${wbe} matched no pod. A wrong selector is no error; it gives ` +
            `empty endpoints.`,
        },
      },
      start: ({ cluster }) => {
        cluster.apply([
          deployment(web, {}),
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { name: web },
            spec: { selector: { app: wbe }, ports: [{ port: 80 }] },
          },
        ])
        cluster.settle()
      },
      shows: { run: 'kubectl get endpointslices', prints: pattern`${web}-\S+ .*<unset>` },
      goals: [
        goal(
          `The Service ${web} leads to both pods of the Deployment ${web}.`,
          `서비스 ${web}이 디플로이먼트 ${web}의 포드 둘로 이어집니다.`,
          (desk) => {
            if (!comesUp(desk, web, 2)) return false
            const { cluster } = desk
            const own = new Set(podsOf(cluster, web).map(({ metadata }) => metadata.name))
            const reached = cluster.state
              .peek('endpointslices', { labelSelector: `kubernetes.io/service-name=${web}` })
              .flatMap(({ endpoints }) => endpoints ?? [])
              .map(({ targetRef }) => targetRef?.name)
            return own.size >= 2 && reached.length === own.size && reached.every((name) => own.has(name))
          },
        ),
        keepsTheRest({ [`services/${web}`]: changing('spec.selector') }),
      ],
      solution: `kubectl patch service ${web} -p '{"spec":{"selector":{"app":"${web}"}}}'`,
      wrongRepairs: [
        lines(`kubectl label pods -l app=${web} app=${wbe} --overwrite`, 'sleep 60'),
        lines(
          `kubectl run fake --image=nginx -l app=${wbe}`,
          `kubectl run fake2 --image=nginx -l app=${wbe}`,
          'sleep 60',
        ),
        lines(patch(`service ${web}`, { spec: { selector: null } }), 'sleep 30'),
        lines(
          `kubectl delete deployment ${web}`,
          `kubectl create deployment ${wbe} --image=nginx --replicas=2`,
          'sleep 60',
        ),
        `kubectl delete service ${web}`,
        lines(
          patch(`deployment ${web}`, {
            spec: { template: { metadata: { labels: { app: web, tier: 'x' } } } },
          }),
          patch(`service ${web}`, { spec: { selector: { app: null, tier: 'x' } } }),
          'sleep 60',
        ),
      ],
    }
  }),
  lesson('T1-config', 'easy', 3, (draw) => {
    const web = draw.app()
    const settings = draw.one('settings', 'features', 'limits')
    return {
      exams: ['ckad'],
      texts: {
        ko: {
          title: '만들어지지 않는 컨테이너',
          symptom: `${web}의 포드가 CreateContainerConfigError에 머물러 있습니다.`,
          hints: ['kubectl describe pod', '컨테이너가 환경 변수를 가져올 객체가 없습니다.'],
          explanation: `컨피그맵 ${settings}가 없었습니다. 만들면 kubelet이 다시 시도하므로 포드를 지울 필요가 없습니다.`,
        },
        en: {
          title: 'Containers that are not created',
          symptom: `The pods of ${web} stay in CreateContainerConfigError.`,
          hints: [
            'kubectl describe pod',
            'Something that the container takes its variables from is not there.',
          ],
          explanation:
            `The ConfigMap ${settings} was missing. The kubelet tries again by itself: no need to delete ` +
            'the pods.',
        },
      },
      start: ({ cluster }) => {
        cluster.apply([deployment(web, { envFrom: [{ configMapRef: { name: settings } }] })])
        cluster.advance('30s')
      },
      shows: { run: 'kubectl get pods', prints: /CreateContainerConfigError/ },
      goals: [
        goal(
          `The ConfigMap ${settings} exists.`,
          `컨피그맵 ${settings}가 있습니다.`,
          ({ cluster }) =>
            cluster.state.peek('configmaps', { fieldSelector: `metadata.name=${settings}` }).length === 1,
        ),
        isUp(web),
        keepsTheRest(),
      ],
      solution: `kubectl create configmap ${settings} --from-literal=mode=fast`,
      wrongRepairs: [
        lines(
          jsonPatch(`deployment ${web}`, [
            { op: 'remove', path: '/spec/template/spec/containers/0/envFrom' },
          ]),
          'sleep 60',
        ),
        lines(
          jsonPatch(`deployment ${web}`, [
            {
              op: 'add',
              path: '/spec/template/spec/containers/0/envFrom/0/configMapRef/optional',
              value: true,
            },
          ]),
          'sleep 60',
        ),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        lines(
          `kubectl delete deployment ${web}`,
          `kubectl create deployment ${web} --image=nginx --replicas=2`,
          'sleep 60',
        ),
        lines('kubectl create configmap setting --from-literal=mode=fast', 'sleep 60'),
      ],
    }
  }),
  lesson('T1-image', 'easy', 2, (draw) => {
    const web = draw.app()
    return {
      exams: ['ckad'],
      options: {
        nodes: 2,
        images: {
          'ngnix:latest': {
            pullError: 'pull access denied, repository does not exist or may require authorization',
          },
        },
      },
      texts: {
        ko: {
          title: '받지 못하는 이미지',
          symptom: `${web}의 포드가 ImagePullBackOff에 머물러 있습니다.`,
          hints: ['kubectl describe pod', '이미지의 이름을 천천히 읽어 보세요.'],
          explanation:
            'nginx를 ngnix라고 적었습니다. 레지스트리는 없는 저장소와 권한 없는 저장소를 구별해 주지 않습니다.',
        },
        en: {
          title: 'An image that cannot be pulled',
          symptom: `The pods of ${web} stay in ImagePullBackOff.`,
          hints: ['kubectl describe pod', 'Read the name of the image slowly.'],
          explanation:
            'nginx was spelt ngnix. A registry does not tell a repository that does not exist from one ' +
            'you may not see.',
        },
      },
      start: ({ cluster }) => {
        cluster.apply([deployment(web, { image: 'ngnix:latest' })])
        cluster.advance('1m')
      },
      shows: { run: 'kubectl get pods', prints: /ImagePullBackOff|ErrImagePull/ },
      goals: [
        goal(
          `${web} runs nginx.`,
          `${web}이 nginx를 실행합니다.`,
          ({ cluster }) =>
            templateOf(cluster, web)?.containers.every(({ image = '' }) =>
              /^(docker\.io\/(library\/)?)?nginx(:[\w.-]+)?$/.test(image),
            ) === true,
        ),
        isUp(web),
        keepsTheRest({ [`deployments/${web}`]: changing('spec.template.spec.containers.*.image') }),
      ],
      solution: `kubectl set image deployment/${web} ${web}=nginx`,
      wrongRepairs: [
        lines(`kubectl set image deployment/${web} ${web}=busybox`, 'sleep 60'),
        lines(`kubectl set image deployment/${web} ${web}=httpd`, 'sleep 60'),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        lines(`kubectl delete deployment ${web}`, 'sleep 60'),
        lines(
          patch(`deployment ${web}`, {
            spec: {
              template: { spec: { containers: [{ name: web, image: 'nginx', command: ['sleep', '1d'] }] } },
            },
          }),
          'sleep 60',
        ),
      ],
    }
  }),
  lesson('quota', 'easy', 4, (draw) => {
    const web = draw.app()
    return {
      exams: ['cka', 'ckad'],
      texts: {
        ko: {
          title: '둘이어야 하는데 하나',
          symptom: `디플로이먼트 ${web}은 포드가 둘이어야 하는데 하나뿐입니다. Pending인 포드도 없습니다.`,
          hints: [
            'kubectl describe replicaset',
            'kubectl describe quota',
            '리소스쿼터의 pods를 늘리세요. 레플리카셋은 잠시 뒤에 다시 시도합니다.',
          ],
          explanation:
            '리소스쿼터가 포드를 하나만 허용했습니다. 거절은 만들 때 일어나므로 포드가 아니라 레플리카셋의 이벤트에 남습니다.',
        },
        en: {
          title: 'A replica is missing',
          symptom: `The Deployment ${web} has one pod where it should have two, and none is Pending.`,
          hints: [
            'kubectl describe replicaset',
            'kubectl describe quota',
            'Raise pods in the ResourceQuota. The ReplicaSet tries again after a while.',
          ],
          explanation:
            'A ResourceQuota allowed one pod. The refusal happens at creation, so the event is on the ' +
            'ReplicaSet, not on a pod.',
        },
      },
      start: ({ cluster }) => {
        cluster.apply([
          {
            apiVersion: 'v1',
            kind: 'ResourceQuota',
            metadata: { name: 'few', namespace: 'default' },
            spec: { hard: { pods: '1' } },
          },
        ])
        cluster.settle()
        cluster.apply([deployment(web, {})])
        cluster.settle()
      },
      shows: { run: `kubectl get deployment ${web}`, prints: pattern`${web} +1/2` },
      goals: [
        isUp(web),
        goal(
          'A ResourceQuota still limits the pods of the namespace.',
          '리소스쿼터가 여전히 네임스페이스의 포드 수를 제한합니다.',
          ({ cluster }) =>
            cluster.state
              .peek('resourcequotas', { namespace: 'default' })
              .some(
                ({ spec }) => Number(spec.hard?.['pods'] ?? spec.hard?.['count/pods'] ?? Infinity) <= 1000,
              ),
        ),
        keepsTheRest({ 'resourcequotas/few': changing('spec.hard.pods') }),
      ],
      solution:
        `kubectl patch resourcequota few -p '{"spec":{"hard":{"pods":"10"}}}'; sleep 60; kubectl rollout ` +
        `restart deployment ${web}`,
      wrongRepairs: [
        lines('kubectl delete resourcequota few', `kubectl rollout restart deployment ${web}`, 'sleep 60'),
        lines(`kubectl scale deployment ${web} --replicas=1`, 'sleep 60'),
        lines(
          jsonPatch('resourcequota few', [{ op: 'remove', path: '/spec/hard/pods' }]),
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
        lines(`kubectl delete deployment ${web}`, 'sleep 30'),
      ],
    }
  }),
  lesson('secret', 'easy', 3, (draw) => {
    const web = draw.app()
    const db = draw.one('db', 'cache', 'queue', 'store')
    return {
      exams: ['ckad'],
      texts: {
        ko: {
          title: '시작하지 않는 포드',
          symptom: `${web}의 포드가 시작하지 않습니다.`,
          hints: ['kubectl describe pod', `시크릿 ${db}의 password를 찾고 있습니다.`],
          explanation: `시크릿 ${db}가 없었습니다. 있어야 할 키까지 이벤트가 알려 줍니다.`,
        },
        en: {
          title: 'Pods that do not start',
          symptom: `The pods of ${web} do not start.`,
          hints: ['kubectl describe pod', `They look for password in the Secret ${db}.`],
          explanation: `The Secret ${db} was missing. The event names it, and the key that it should have.`,
        },
      },
      start: ({ cluster }) => {
        cluster.apply([
          deployment(web, {
            env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: db, key: 'password' } } }],
          }),
        ])
        cluster.advance('30s')
      },
      shows: { run: 'kubectl get pods', prints: /CreateContainerConfigError/ },
      goals: [
        goal(
          `The Secret ${db} has a password.`,
          `시크릿 ${db}에 password가 있습니다.`,
          ({ cluster }) => passwordOf(cluster, db) !== '',
        ),
        isUp(web),
        keepsTheRest(),
      ],
      solution: `kubectl create secret generic ${db} --from-literal=password=x`,
      wrongRepairs: [
        lines(`kubectl set env deployment/${web} PASSWORD=x`, 'sleep 60'),
        lines(
          jsonPatch(`deployment ${web}`, [
            {
              op: 'add',
              path: '/spec/template/spec/containers/0/env/0/valueFrom/secretKeyRef/optional',
              value: true,
            },
          ]),
          'sleep 60',
        ),
        lines(`kubectl create secret generic ${db} --from-literal=pass=x`, 'sleep 60'),
        lines(`kubectl create configmap ${db} --from-literal=password=x`, 'sleep 60'),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        lines(
          jsonPatch(`deployment ${web}`, [{ op: 'remove', path: '/spec/template/spec/containers/0/env' }]),
          'sleep 60',
        ),
      ],
    }
  }),
  lesson('secret-crash', 'medium', 5, (draw) => {
    const web = draw.app()
    const db = draw.one('db', 'cache', 'queue', 'store')
    return {
      exams: ['ckad'],
      texts: {
        ko: {
          title: '뜨자마자 죽는 프로그램',
          symptom: `${web}의 포드가 CrashLoopBackOff입니다.`,
          hints: [
            `kubectl logs deployment/${web}`,
            `kubectl describe deployment ${web}: PASSWORD가 어디서 오는지, optional인지 보세요.`,
            'kubectl get secrets',
          ],
          explanation:
            '시크릿이 optional이라 쿠버네티스는 없어도 컨테이너를 시작시켰고, 프로그램이 스스로 죽었습니다. 환경 변수는 시작할 때 정해지므로 ' +
            '만든 뒤에 다시 시작해야 바로 반영됩니다.',
        },
        en: {
          title: 'A program that exits at once',
          symptom: `The pods of ${web} are in CrashLoopBackOff.`,
          hints: [
            `kubectl logs deployment/${web}`,
            `kubectl describe deployment ${web}: where PASSWORD comes from, and that it is optional.`,
            'kubectl get secrets',
          ],
          explanation:
            'The Secret is optional, so Kubernetes starts the container without it, and the program ' +
            'gives up by itself. Variables are ' +
            'set at the start: create the Secret, then restart.',
        },
      },
      start: ({ cluster }) => {
        cluster.apply([
          deployment(web, {
            image: 'busybox',
            command: [
              'sh',
              '-c',
              'if [ -z "$PASSWORD" ]; then echo "fatal: PASSWORD is not set"; exit 1; fi; sleep 100000',
            ],
            env: [
              {
                name: 'PASSWORD',
                valueFrom: { secretKeyRef: { name: db, key: 'password', optional: true } },
              },
            ],
          }),
        ])
        cluster.advance('2m')
      },
      shows: { run: 'kubectl get pods', prints: /CrashLoopBackOff/ },
      goals: [
        goal(
          `The Secret ${db} has a password.`,
          `시크릿 ${db}에 password가 있습니다.`,
          ({ cluster }) => passwordOf(cluster, db) !== '',
        ),
        isUp(web),
        keepsTheRest(),
      ],
      solution:
        `kubectl create secret generic ${db} --from-literal=password=x; kubectl rollout restart ` +
        `deployment ${web}`,
      wrongRepairs: [
        lines(
          patch(`deployment ${web}`, {
            spec: { template: { spec: { containers: [{ name: web, command: ['sleep', '100000'] }] } } },
          }),
          'sleep 120',
        ),
        lines(`kubectl set env deployment/${web} PASSWORD=x`, 'sleep 120'),
        lines(`kubectl set image deployment/${web} ${web}=nginx`, 'sleep 120'),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        lines(
          `kubectl create secret generic ${db} --from-literal=pass=x`,
          `kubectl rollout restart deployment ${web}`,
          'sleep 120',
        ),
        lines(
          `kubectl delete deployment ${web}`,
          `kubectl create deployment ${web} --image=nginx --replicas=2`,
          'sleep 60',
        ),
        lines(
          `kubectl create secret generic ${db} --from-literal=password=`,
          `kubectl rollout restart deployment ${web}`,
          'sleep 120',
        ),
      ],
    }
  }),
  lesson('webhook', 'medium', 5, (draw) => {
    const web = draw.app()
    return {
      exams: ['cks'],
      texts: {
        ko: {
          title: '새 포드가 하나도 생기지 않습니다',
          symptom: '언제부터인가 포드를 새로 만들 수 없습니다. 이미 있던 포드는 잘 실행됩니다.',
          hints: [
            'kubectl describe replicaset의 이벤트를 읽으세요.',
            'kubectl get validatingwebhookconfigurations',
            '오래전에 지워진 서비스를 부르는 설정이 남아 있습니다.',
          ],
          explanation:
            '웹훅 설정이 이미 지워진 서비스를 부르는데 failurePolicy가 Fail이라, 응답을 받지 못해 모두 거절되었습니다. 쓰지 않는 설정이면 지우고, 쓰는 ' +
            '것이면 서비스를 되살려야 합니다.',
        },
        en: {
          title: 'No new pod anywhere',
          symptom: 'For some time no pod can be created. Those that exist run on.',
          hints: [
            'kubectl describe replicaset: read the events.',
            'kubectl get validatingwebhookconfigurations',
            'A configuration is left that calls a Service which was removed long ago.',
          ],
          explanation:
            'A webhook configuration calls a Service that does not exist, and with failurePolicy Fail ' +
            'no reply means refusal. Delete it ' +
            'if nobody uses it; otherwise bring the Service back.',
        },
      },
      start: ({ cluster }) => {
        cluster.apply([webhookConfiguration('guard', '/'), deployment(web, {})])
        cluster.advance('30s')
      },
      shows: { run: 'kubectl run probe --image=nginx', prints: /failed calling webhook/ },
      goals: [
        goal(
          'Pods can be created.',
          '포드를 만들 수 있습니다.',
          ({ cluster }) => cluster.kubectl('run probe --image=nginx').exitCode === 0,
        ),
        goal(
          'No webhook calls a Service that does not exist.',
          '없는 서비스를 부르는 웹훅이 없습니다.',
          ({ cluster }) => {
            const services = cluster.state
              .peek('services')
              .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
            return cluster.state
              .peek('validatingwebhookconfigurations')
              .flatMap(({ metadata, webhooks }) =>
                (webhooks ?? []).map(({ clientConfig }) => [metadata.name, clientConfig.service] as const),
              )
              .flatMap(([name, service]) =>
                service !== undefined && !services.includes(`${service.namespace}/${service.name}`)
                  ? [`${name} calls ${service.namespace}/${service.name}`]
                  : [],
              )
          },
        ),
        isUp(web),
        keepsTheRest({ 'validatingwebhookconfigurations/guard': gone }),
      ],
      solution: lines(
        'kubectl delete validatingwebhookconfiguration guard',
        `kubectl rollout restart deployment ${web}`,
      ),
      wrongRepairs: [
        lines(
          jsonPatch('validatingwebhookconfiguration guard', [
            { op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' },
          ]),
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
        lines(
          'kubectl create service clusterip guard --tcp=443',
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        lines(
          'kubectl label namespace default free=yes',
          jsonPatch('validatingwebhookconfiguration guard', [
            {
              op: 'add',
              path: '/webhooks/0/namespaceSelector',
              value: { matchExpressions: [{ key: 'free', operator: 'DoesNotExist' }] },
            },
          ]),
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
        lines('kubectl delete validatingwebhookconfiguration guard', `kubectl delete deployment ${web}`),
      ],
    }
  }),
  lesson('webhook-refuses', 'medium', 5, (draw) => {
    const web = draw.app()
    return {
      exams: ['cks'],
      options: { nodes: 2, webhooks: { 'default/guard': guard } },
      texts: {
        ko: {
          title: '포드 없는 디플로이먼트',
          symptom: `디플로이먼트 ${web}에 포드가 없습니다. 회사의 규칙은 건드리지 마세요.`,
          hints: [
            'kubectl describe replicaset: 무엇을 원하는지 메시지에 적혀 있습니다.',
            '규칙은 좋은 규칙입니다. 포드에 원하는 것을 주세요.',
          ],
          explanation:
            '웹훅은 포드마다 owner 레이블을 요구합니다. 디플로이먼트가 아니라 포드 템플릿의 레이블이어야 한다는 점이 중요합니다.',
        },
        en: {
          title: 'A Deployment without pods',
          symptom: `The Deployment ${web} has no pods. Leave the rules of the company alone.`,
          hints: [
            'kubectl describe replicaset: the message says what is wanted.',
            'The rule is a good one: give the pods what it asks for.',
          ],
          explanation:
            'The webhook wants a label owner on each pod. It must stand in the pod template; the ' +
            'labels of the Deployment do not count.',
        },
      },
      start: ({ cluster }) => {
        cluster.apply([webhookConfiguration('guard', '/validate'), deployment(web, {})])
        cluster.advance('30s')
      },
      shows: { run: `kubectl get deployment ${web}`, prints: pattern`${web} +0/2` },
      goals: [
        isUp(web),
        goal(
          `Every pod of ${web} says whose it is.`,
          `${web}의 모든 포드에 owner 레이블이 있습니다.`,
          (desk) =>
            comesUp(desk, web, 2) &&
            podsOf(desk.cluster, web).every(({ metadata }) => (metadata.labels?.['owner'] ?? '') !== ''),
        ),
        keepsTheRest({ [`deployments/${web}`]: changing('spec.template.metadata.labels.owner') }),
      ],
      solution:
        `kubectl patch deployment ${web} -p ` +
        `'{"spec":{"template":{"metadata":{"labels":{"owner":"shop"}}}}}'; sleep 30`,
      wrongRepairs: [
        lines(
          'kubectl delete validatingwebhookconfiguration guard',
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
        lines(
          jsonPatch('validatingwebhookconfiguration guard', [
            { op: 'replace', path: '/webhooks/0/rules/0/operations', value: ['DELETE'] },
          ]),
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
        lines(
          jsonPatch('validatingwebhookconfiguration guard', [
            { op: 'add', path: '/webhooks/0/namespaceSelector', value: { matchLabels: { a: 'b' } } },
          ]),
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
        lines(`kubectl label deployment ${web} owner=shop`, 'sleep 60'),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 30'),
        lines(
          `kubectl run ${web} --image=nginx -l app=${web},owner=shop`,
          `kubectl run web2 --image=nginx -l app=${web},owner=shop`,
          'sleep 60',
        ),
      ],
    }
  }),
]
