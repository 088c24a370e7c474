<?php

namespace Nar;

$heading = $verdict === null ? 'h1' : 'h2';
back('/'); ?>
<main class="govuk-main-wrapper" id="content">
<?php summary($form);
if ($verdict !== null) {
    echo render('verdict', ['verdict' => $verdict]);
    if (($form->given('number') ?? $form->given('text')) !== null && in_array($verdict->status, ['valid', 'expired'], true) &&
        $verdict->type !== 'olympiad.slip') { ?>
<form method="post" action="/verify/copy"><?php tokens();
        hidden($form, ...$form->given('number') === null ? ['text'] : ['number', 'birth_day', 'birth_month', 'birth_year']); ?>
<div class="govuk-button-group"><button class="govuk-button" name="format" value="pdf"><?= e('Download as PDF') ?></button><button class="govuk-button govuk-button--secondary" name="format" value="json"><?= e('Download the signed file (JSON)') ?></button></div></form>
<?php }
} ?>
<<?= $heading ?> class="govuk-heading-l"><?= e('Check a document') ?></<?= $heading ?>>
<form method="post" action="/verify" novalidate><?php tokens(); ?>
<h2 class="govuk-heading-m"><?= e('By the QR code') ?></h2>
<?php words($form, 'text', t('Text of the QR code'), 3, t('It begins with HTTPS:// and is read by any scanner.'));
button(t('Check')); ?></form>
<form method="post" action="/verify" novalidate><?php tokens(); ?><input type="hidden" name="way" value="number">
<h2 class="govuk-heading-m"><?= e('By number and birth date') ?></h2>
<?php input($form, 'number', t('Number of the document'), t('17 letters and digits, below the QR code.'));
day_input($form, 'birth', t('Birth date of the holder'), t('For example, 27 3 2012'));
button(t('Check')); ?></form>
<form method="post" action="/verify" enctype="multipart/form-data" novalidate><?php tokens(); ?><input type="hidden" name="way" value="file">
<h2 class="govuk-heading-m"><?= e('By the file') ?></h2>
<?php upload($form, t('The document\'s file, JSON or PDF'), t('As it was downloaded: a scan or a print to PDF has no signature inside.'), '.json,application/json,.pdf,application/pdf');
button(t('Check')); ?></form>
</main>
