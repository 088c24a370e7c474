<?php

namespace Nar;

$here = "/appeals/$appeal->person_id/$appeal->id";
$last = static fn(string ...$actions) => array_values(array_filter($events,
    static fn(\Edu\AppealEvent $one) => in_array($one->action, $actions, true)));
$send = static function (string $what, callable $fields, string $button, string $class = '') use ($form, $here): void { ?>
<form method="post" enctype="multipart/form-data" action="<?= h("$here/$what") ?>" novalidate><?php tokens($form);
    $fields();
    button($button, $class); ?></form>
<?php };
back('/cabinet'); ?>
<main class="govuk-main-wrapper" id="content">
<?php summary($form);
if ($is_sent) { ?>
<div class="govuk-panel govuk-panel--confirmation"><h1 class="govuk-panel__title"><?= e('Your appeal was received') ?></h1><div class="govuk-panel__body"><?= e('Its number') ?><br><strong><?= h($appeal->number) ?></strong></div></div>
<?php } else { ?>
<h1 class="govuk-heading-l"><?= h($appeal->category_title) ?></h1>
<?php }
if (asked('already') !== null) { ?>
<div class="govuk-inset-text"><?= e('This was sent before, and is here. Nothing was sent twice.') ?></div>
<?php } ?>
<p class="govuk-body"><?php tag($appeal->state, $appeal->state_title); ?> <code><?= h($appeal->number) ?></code></p>
<p class="govuk-body-l"><?= h(due($appeal)) ?></p>
<?php if ($appeal->department_title !== null && $appeal->is_open) { ?>
<p class="govuk-body"><?= e('With: %(department)s', department: $appeal->department_title) ?></p>
<?php }
if ($appeal->is_open) {
    details(t('Why this date?'), static function () use ($why): void { ?>
<p class="govuk-body"><?= h($why->text) ?></p>
<?php });
}
if ($appeal->state === 'asked' && $is_own) {
    $questions = $last('ask'); ?>
<h2 class="govuk-heading-m"><?= e('You were asked a question') ?></h2><blockquote class="nar-quote"><?= h(end($questions)->text) ?></blockquote>
<?php $send('reply', static fn() => words($form, 'text', t('Your answer')), t('Send the answer'));
}
if ($appeal->state === 'answered') {
    $answers = $last('send', 'share'); ?>
<h2 class="govuk-heading-m"><?= e('Answer') ?></h2><blockquote class="nar-quote"><?= h(end($answers)->text) ?></blockquote>
<?php if ($is_own && $appeal->rating === 0) {
        $send('rate', static fn() => radios($form, 'rating', t('How was the answer?'), [1 => [t('bad')], 2 => [t('poor')], 3 => [t('fair')],
            4 => [t('good')], 5 => [t('very good')]], 'govuk-radios--inline'), t('Rate'), 'govuk-button--secondary');
    } elseif ($is_own) { ?>
<p class="govuk-body"><?= e('You rated the answer: %(rating)s of 5', rating: $appeal->rating) ?></p>
<?php }
    if ($is_own) {
        details(t('The matter is not settled'), static fn() => $send('reopen',
            static fn() => words($form, 'text', t('What is still open?'), id: 'text-reopen'), t('Reopen the appeal')));
    }
} ?>
<h2 class="govuk-heading-m"><?= e('What has happened') ?></h2>
<ol class="govuk-list nar-timeline">
<?php foreach ($events as $event) { ?>
<li><strong><?= h($event->title) ?></strong><br><span class="nar-quiet"><?= h(time_of($event->at)) ?><?= $event->name === null ? '' : ' · ' . h($event->name) ?></span>
<?php if ($event->file_name !== null) { ?><br><a class="govuk-link" href="<?= h("$here/file/$event->sequence") ?>"><?= h($event->file_name) ?></a> <span class="nar-quiet">(<?= (int) ceil($event->file_size / 1024) ?> KB)</span><?php }
    if ($event->text !== null) { ?><blockquote class="nar-quote"><?= h($event->text) ?></blockquote><?php } ?></li>
<?php } ?>
</ol>
<?php if ($appeal->is_open && $is_own) {
    details(t('Add a file'), static fn() => $send('file', static fn() => upload(
        $form, t('Files'), t('PDF, JPEG or PNG, up to 5 MB each'), '.pdf,.jpg,.jpeg,.png', true), t('Add'), 'govuk-button--secondary'), isset($form->errors['file']));
    details(t('Withdraw the appeal'), static fn() => $send('withdraw',
        static fn() => words($form, 'text', t('Why?'), 2, id: 'text-withdraw'), t('Withdraw the appeal'), 'govuk-button--warning'));
} ?>
</main>
