import { goal, runs } from '../goals.js'
import { mayOnly } from '../rights.js'
import { changing, gone, joined, keepsTheRest } from '../kept.js'
import { lesson, type LessonSource } from '../lesson.js'
import { deployment, jsonPatch, lines, namespaceOf, PROBE, told, within } from '../shared.js'

const ACCOUNT = 'system:serviceaccount:build:runner'

/** Chapter 5 and 6: rights that lead to more rights, and images that come from anywhere. */
export const hardenedRightLessons: readonly LessonSource[] = [
  lesson('escalating-role', 'hard', 8, (draw) => {
    const [verb, resource, what] = draw.one(
      ['bind', 'clusterroles', 'bind any ClusterRole'] as const,
      ['escalate', 'clusterroles', 'write rights that it does not have'] as const,
      ['impersonate', 'groups', 'act as any group'] as const,
    )
    const group = resource === 'groups' ? '' : 'rbac.authorization.k8s.io'
    return {
      exams: ['cks'],
      texts: {
        ko: told(
          '스스로 커지는 권한',
          '네임스페이스 build의 서비스 계정 runner는 모든 네임스페이스에 디플로이먼트를 배포하고 포드를 보기만 하면 됩니다. 그런데 보안 점검에 ' +
            '따르면 클러스터 관리자가 될 수 있습니다. 배포는 계속되어야 합니다.',
          [
            'kubectl get rolebindings,clusterrolebindings -A -o wide | grep runner',
            `kubectl auth can-i --list --as=${ACCOUNT}`,
            'escalate, bind, impersonate는 가진 것보다 많은 권한으로 이어집니다.',
          ],
          `클러스터롤 deployer의 ${verb}라는 동사 하나로 가지지 않은 권한을 얻을 수 있었습니다. 역할에는 하는 일에 필요한 동사만 둡니다.`,
        ),
        en: told(
          'Rights that grow by themselves',
          'The service account runner in the namespace build only has to deploy Deployments and see ' +
            'pods, in every namespace. The security review says that it can become the administrator ' +
            'of the cluster. Deploying must go on.',
          [
            'kubectl get rolebindings,clusterrolebindings -A -o wide | grep runner',
            `kubectl auth can-i --list --as=${ACCOUNT}`,
            'escalate, bind and impersonate lead to more rights than one has.',
          ],
          `With one verb of the ClusterRole deployer (${verb}) it could ${what}. A role has the verbs that ` +
            `its work needs, and no other.`,
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          namespaceOf('build'),
          { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'runner', namespace: 'build' } },
          {
            apiVersion: 'rbac.authorization.k8s.io/v1',
            kind: 'ClusterRole',
            metadata: { name: 'deployer' },
            rules: [
              { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list', 'create', 'patch'] },
              { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
              {
                apiGroups: [group],
                resources: resource === 'groups' ? ['groups', 'users'] : [resource, 'clusterrolebindings'],
                verbs: resource === 'groups' ? [verb] : ['create', 'patch', verb],
              },
            ],
          },
          {
            apiVersion: 'rbac.authorization.k8s.io/v1',
            kind: 'ClusterRoleBinding',
            metadata: { name: 'runner-deploys' },
            roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'deployer' },
            subjects: [{ kind: 'ServiceAccount', name: 'runner', namespace: 'build' }],
          },
        ])
        cluster.settle()
      },
      shows: {
        run: `kubectl auth can-i ${verb} ${resource}${group === '' ? '' : `.${group}`} --as=${ACCOUNT}`,
        prints: /^yes/,
      },
      goals: [
        ...mayOnly(
          ACCOUNT,
          ['build', 'default', 'kube-system'].flatMap((namespace) => [
            ...['get', 'list', 'create', 'patch'].map((each) => ({
              verb: each,
              resource: 'deployments.apps',
              namespace,
            })),
            ...['get', 'list'].map((each) => ({ verb: each, resource: 'pods', namespace })),
          ]),
          'revoked',
        ),
        keepsTheRest({
          'clusterroles/deployer': changing('rules'),
          'clusterrolebindings/runner-deploys': gone,
          'rolebindings/build/*': gone,
          'roles/build/*': gone,
          'clusterroles/*': joined,
        }),
      ],
      solution: jsonPatch('clusterrole deployer', [{ op: 'remove', path: '/rules/2' }]),
      wrongRepairs: [
        'kubectl delete clusterrolebinding runner-deploys',
        'kubectl delete clusterrole deployer',
        'kubectl delete serviceaccount runner -n build',
        jsonPatch('clusterrole deployer', [{ op: 'remove', path: '/rules' }]),
        jsonPatch('clusterrole deployer', [{ op: 'replace', path: '/rules/2/verbs', value: ['*'] }]),
        jsonPatch('clusterrole deployer', [
          {
            op: 'replace',
            path: '/rules/2',
            value: { apiGroups: [''], resources: ['pods'], verbs: ['create'] },
          },
        ]),
        lines(
          'kubectl delete clusterrolebinding runner-deploys',
          'kubectl create rolebinding runner --clusterrole=admin --serviceaccount=build:runner -n build',
        ),
      ],
    }
  }),
  lesson('image-policy', 'medium', 7, (draw) => {
    const registry = draw.one('registry.example.com', 'images.example.com', 'harbor.example.com')
    const fault = draw.one('warn', 'namespace')
    const policy = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'own-images' },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['pods'] },
          ],
        },
        validations: [
          {
            expression: `object.spec.containers.all(c, c.image.startsWith('${registry}/'))`,
            message: `images must come from ${registry}`,
          },
        ],
      },
    }
    const right = { kind: 'secured' }
    const binding = (actions: readonly string[], labels: object): object => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'own-images' },
      spec: {
        policyName: 'own-images',
        validationActions: actions,
        matchResources: { namespaceSelector: { matchLabels: labels } },
      },
    })
    return {
      exams: ['cks'],
      texts: {
        ko: told(
          '어디서 왔는지 모르는 이미지',
          `네임스페이스 pay에는 ${registry}의 이미지만 허용되어야 하는데, 다른 곳의 이미지로도 포드가 만들어집니다. 정책 ` +
            `own-images와 네임스페이스의 레이블은 맞습니다.`,
          [
            'kubectl run probe --image=nginx -n pay --dry-run=server',
            'kubectl get validatingadmissionpolicybinding own-images -o yaml',
            'kubectl get namespace pay --show-labels',
          ],
          fault === 'warn'
            ? '바인딩의 동작이 Warn뿐이어서 정책은 경고만 했습니다. Deny가 있어야 거부합니다.'
            : '바인딩이 고르는 레이블이 네임스페이스의 레이블과 달라 정책이 적용되지 않았습니다.',
        ),
        en: told(
          'Images of unknown origin',
          `In the namespace pay only images of ${registry} are allowed, yet pods with others are created. ` +
            `The policy own-images and the labels of the namespace are right.`,
          [
            'kubectl run probe --image=nginx -n pay --dry-run=server',
            'kubectl get validatingadmissionpolicybinding own-images -o yaml',
            'kubectl get namespace pay --show-labels',
          ],
          fault === 'warn'
            ? 'The only action of the binding was Warn, so the policy just warned. Deny refuses.'
            : 'The binding selected another label than that of the namespace, so the policy did not apply.',
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          namespaceOf('pay', right),
          within('pay', deployment('pay', { image: `${registry}/pay:3` })),
          policy,
          binding(fault === 'warn' ? ['Warn'] : ['Deny'], fault === 'warn' ? right : { kind: 'secure' }),
        ])
        cluster.settle()
      },
      options: { containers: { unknownImages: 'run' } },
      shows: { run: 'kubectl run probe --image=nginx -n pay --dry-run=server', prints: /pod\/probe created/ },
      goals: [
        goal(
          'A pod with an image from elsewhere is refused in pay, by the policy.',
          '다른 곳의 이미지를 쓰는 포드를 pay에서 정책이 거부합니다.',
          async ({ master }) => {
            const { exitCode, stderr } = await master.sh(
              `kubectl run ${PROBE} --image=nginx -n pay --dry-run=server`,
            )
            return exitCode !== 0 && stderr.includes("ValidatingAdmissionPolicy 'own-images'")
          },
        ),
        runs(
          `A pod with an image of ${registry} is still allowed there.`,
          `${registry}의 이미지를 쓰는 포드는 여전히 허용됩니다.`,
          `kubectl run ${PROBE} --image=${registry}/tool:1 -n pay --dry-run=server`,
        ),
        runs(
          'Other namespaces may use any image.',
          '다른 네임스페이스에서는 어떤 이미지든 쓸 수 있습니다.',
          `kubectl run ${PROBE} --image=nginx --dry-run=server`,
        ),
        keepsTheRest({
          'validatingadmissionpolicybindings/own-images': changing(
            'spec.validationActions',
            'spec.matchResources.namespaceSelector',
          ),
        }),
      ],
      solution:
        fault === 'warn'
          ? jsonPatch('validatingadmissionpolicybinding own-images', [
              { op: 'replace', path: '/spec/validationActions', value: ['Deny'] },
            ])
          : jsonPatch('validatingadmissionpolicybinding own-images', [
              { op: 'replace', path: '/spec/matchResources/namespaceSelector/matchLabels', value: right },
            ]),
      wrongRepairs: [
        jsonPatch('validatingadmissionpolicybinding own-images', [
          { op: 'remove', path: '/spec/matchResources' },
          { op: 'replace', path: '/spec/validationActions', value: ['Deny'] },
        ]),
        'kubectl label namespace pay kind=secure --overwrite',
        'kubectl delete validatingadmissionpolicybinding own-images',
        jsonPatch('validatingadmissionpolicy own-images', [
          { op: 'replace', path: '/spec/validations/0/expression', value: 'false' },
        ]),
        'kubectl create quota none --hard=pods=0 -n pay',
        jsonPatch('validatingadmissionpolicybinding own-images', [
          { op: 'replace', path: '/spec/validationActions', value: ['Audit'] },
        ]),
        'kubectl label namespace pay pod-security.kubernetes.io/enforce=restricted',
      ],
    }
  }),
]
