<?php

// Payment, tuition and the registration of the admitted.

declare(strict_types=1);

require_once __DIR__ . '/harness.php';

const SECRET = 'the secret of the tests\' bank, 32+ bytes';
const FORM = ['phone' => '+994 50 123 45 67', 'address' => 'Nizami 1', 'education_document' => 'A 123456', 'dormitory' => false,
    'concession' => 'none', 'consent' => true];
const ADMITTED = 'number,institution,programme,level,funding,year';
const BANK = 'cat >/dev/null; cat "$BANK_KNOWS"';

/** A portal with a bank behind a command, its finance clerk, the pupil, and an invoice. */
final class Paying
{
    public readonly Edu\Portal $portal;
    public readonly Edu\Session $finance, $pupil, $operator;
    public readonly string $person, $invoice;
    private readonly string $known;

    public function __construct(World $world)
    {
        $this->known = "$world->folder/bank.json";
        putenv("BANK_KNOWS=$this->known");
        $this->knows([]);
        $this->portal = $world->open(payment_page: 'https://bank.example/pay', payment_command: BANK);
        $this->operator = $this->portal->operator();
        $this->operator->payment->keyAdd('k1', 'hmac-sha256', SECRET);
        $this->operator->account->grant($world->id($world->clerk2), 'finance', '', '');
        $this->finance = $this->portal->signIn('clerk2', PASSWORD);
        $this->pupil = $this->portal->signIn('pupil', PASSWORD);
        $this->person = $world->pupils[0];
        $this->invoice = $this->bill(12050, 'one');
    }

    public function bill(int $amount, string $key): string
    {
        return $this->finance->payment->invoice(new Edu\InvoiceInput(person_id: $this->person, kind: 'tuition',
            title: ['en' => 'Tuition'], amount: $amount, currency: 'AZN', due: at('2026-12-01')), $key);
    }

    /** What the bank knows from now on. */
    public function knows(array $payments, array $refunds = []): void
    {
        file_put_contents($this->known, json_encode(['payments' => $payments, 'refunds' => $refunds]));
    }

    public function fact(string $order, string $payment = 'P-1', int $amount = 12050): array
    {
        return ['order' => $order, 'payment' => $payment, 'state' => 'captured', 'amount' => $amount, 'currency' => 'AZN',
            'at' => gmdate('Y-m-d\TH:i:s\Z')];
    }

    public function call(array $fact, string $secret = SECRET): void
    {
        $body = json_encode($fact);
        $seconds = time();
        $this->portal->session()->payment->callback($body, "kid=k1; t=$seconds; v=" . hash_hmac('sha256', "$seconds.$body", $secret));
    }

    public function get(): Edu\Invoice
    {
        return $this->pupil->payment->get(null, $this->invoice);
    }
}

function test_an_invoice_is_paid_refunded_and_balanced(World $world): void
{
    $paying = new Paying($world);
    same([12050, 'open'], [$paying->get()->remaining, $paying->get()->state], 'an invoice is owed');
    $visit = $paying->pupil->payment->pay(null, $paying->invoice);
    parse_str(parse_url($visit->url, PHP_URL_QUERY), $asked);
    same([$visit->id, '12050'], [$asked['order'], $asked['amount']], 'the order is in the address of the bank');
    fails('Edu\Crypto', 'a forged callback', fn() => $paying->call($paying->fact($visit->id), 'another secret'));
    $paying->call($paying->fact($visit->id));
    $paying->call($paying->fact($visit->id));
    same(['settled', 12050], [$paying->get()->state, $paying->get()->paid], 'it is paid once');
    same([$visit->id], array_column($paying->finance->payment->intents($paying->person, $paying->invoice)->items, 'id'), 'the visit to the bank');
    $paying->finance->payment->refund($paying->person, $paying->invoice, 2050, 'One lesson less');
    same(['One lesson less', 2050], [$paying->pupil->payment->refunds(null, $paying->invoice)[0]->reason,
        $paying->pupil->payment->refunds(null, $paying->invoice)[0]->amount], 'a part goes back');
    same(['invoice', 'capture', 'refund'], array_column($paying->pupil->payment->transfers(null, $paying->invoice)->items, 'kind'), 'the bookings');
    ok($paying->operator->payment->settle(0) > 0, 'the bank is asked about it');
    same(0, array_sum(array_column($paying->finance->payment->balances()->items, 'balance')), 'the ledger balances');
}

function test_what_is_due_is_let_go(World $world): void
{
    $paying = new Paying($world);
    $paying->finance->payment->waive($paying->person, $paying->invoice, 2050, 'A decision');
    same(2050, $paying->get()->waived, 'a part is waived');
    $listed = $paying->finance->payment->worklist('open')[0];
    same([$paying->invoice, '2026-12-01'], [$listed->id, $listed->due->format('Y-m-d')], 'it is on the list');
    same($paying->invoice, $paying->finance->payment->find($listed->number)->id, 'and found by its number');
    $paying->finance->payment->cancel($paying->person, $paying->invoice, 'Written twice');
    same(['cancelled'], array_column($paying->pupil->payment->invoices()->items, 'state'), 'it is cancelled');
    fails('Edu\State', 'what is cancelled is not paid', fn() => $paying->pupil->payment->pay(null, $paying->invoice));
    fails('Edu\Unsupported', 'paying without a provider', fn() => $world->pupil->payment->pay(null, $paying->bill(5, 'two')));
}

function test_a_list_brings_what_was_lost(World $world): void
{
    $paying = new Paying($world);
    $visit = $paying->pupil->payment->pay(null, $paying->invoice);
    $outcome = $paying->finance->payment->reconcile(['payments' => [$paying->fact($visit->id)], 'refunds' => []]);
    same([1, 1, 0], [$outcome->facts, $outcome->recovered, $outcome->differences], 'a list of the bank');
    same('settled', $paying->get()->state, 'pays what no message told');
    $paying->finance->payment->reconcile(['payments' => [$paying->fact('00000000-0000-7000-8000-000000000001', 'P-9', 5)]]);
    $found = $paying->finance->payment->differences(true)[0];
    same(['unknown_order', 5], [$found->kind, $found->found], 'what nobody knows is a difference');
    $paying->finance->payment->closeDifference($found->id, 'The bank\'s own test');
    same(0, count($paying->finance->payment->differences(true)), 'which is closed');
    while ($paying->operator->payment->settle(0) > 0) {
        continue;
    }
    same([0], array_column($paying->finance->payment->days()->items, 'facts'), 'a day is compared');
    $paying->operator->payment->keyEnd('k1');
    ok($paying->operator->payment->keys()[0]->until instanceof DateTimeImmutable, 'a key ends');
}

function test_from_the_list_of_the_admitted_to_the_fee(World $world): void
{
    $world->publish('admission');
    $physics = $world->offer('admission', 'physics', institution: 'S0');
    $fees = csv('programme,funding,amount', ['physics', 'paid', 250000]);
    same([2], array_column($world->clerk->tuition->faults('admission', csv('programme,funding,amount', ['law', 'paid', 1]))->items, 'line'),
        'a fee of nothing');
    same(1, $world->clerk->tuition->import('admission', $fees)->added, 'fees come from a file');
    $world->clerk->tuition->put($physics, 'paid', 260000);
    same(260000, $world->nobody->tuition->fees($physics)[0]->amount, 'anybody sees the fee');
    $list = csv(ADMITTED, ...array_map(fn(int $i) => ["PUP000$i", 'S0', 'physics', 'higher', 'paid', 2026], [0, 1]));
    same([4], array_column($world->clerk->admission->faults('admission', 'exam',
        $list . "PUP0002,S0,law,higher,paid,2026\n")->items, 'line'), 'a fault of a list');
    same(2, $world->clerk->admission->import('admission', 'exam', $list)->added, 'the admitted come from a file');
    $mine = $world->pupil->admission->list()[0];
    same([true, 260000], [$mine->can_register, $mine->fee], 'one finds their admission');
    same('physics', $world->pupil->admission->get(null, $mine->id)->programme, 'with its programme');
    $draft = $world->pupil->draft->save(null, $physics, null, FORM);
    $request = $world->pupil->request->submit(null, $draft);
    same('payable', $request->state, 'and registers');
    same(260000, $world->pupil->tuition->get(null, $request->id)->amount, 'the fee follows');
    same(['registered', 'admitted'], array_column($world->clerk->admission->worklist(
        new Edu\AdmissionFilter(service: 'admission', year: 2026))->items, 'progress'), 'how far each has come');
    fails('Edu\State', 'who came is not absent', fn() => $world->clerk->admission->absent($world->pupils[0], $mine->id, 'x'), 'admission.came');
    same(1, count($world->clerk->admission->history($world->pupils[0], $mine->id)), 'its versions');
    $world->offer('admission', 'physics', institution: 'S0', closes: at('now'));
    $late = $world->clerk->admission->list($world->pupils[1])[0]->id;
    $world->clerk->admission->absent($world->pupils[1], $late, 'Did not come');
    same(0, $world->clerk->admission->close($physics, 'Nobody else'), 'nobody else is absent');
    $figures = $world->clerk->admission->figures('admission', 2026)[0];
    same([2, 1, 1], [$figures->admitted, $figures->registered, $figures->absent], 'figures');
    $world->clerk->admission->reopen($world->pupils[1], $late, at('+1 day'), 'They were ill');
    ok($world->clerk->admission->get($world->pupils[1], $late)->can_register, 'and has more time');
}

run_tests();
