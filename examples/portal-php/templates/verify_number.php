<?php namespace Nar; ?>
<main class="govuk-main-wrapper" id="content">
<h1 class="govuk-heading-l"><?= e('Check a document') ?></h1>
<p class="govuk-body"><?= e('Document number') ?>: <strong><?= h($form->value('number')) ?></strong></p>
<p class="govuk-body"><?= e('This page shows nothing about the holder. Type the holder\'s birth date to see what was signed.') ?></p>
<form method="post" action="/verify" novalidate><?php tokens(); ?><input type="hidden" name="way" value="number">
<?php hidden($form, 'number');
day_input($form, 'birth', t('Birth date of the holder'), t('For example, 27 3 2012'));
button(t('Check')); ?></form>
<p class="govuk-body"><a class="govuk-link" href="/verify"><?= e('Check by the QR code or the file') ?></a></p>
</main>
