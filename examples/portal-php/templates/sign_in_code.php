<?php namespace Nar; ?>
<main class="govuk-main-wrapper" id="content">
<?php summary($form); ?>
<h1 class="govuk-heading-l"><?= e('Confirm that it is you') ?></h1>
<p class="govuk-body"><?= e('We have sent a code of 8 digits to the contact that stands for you in the register.') ?></p>
<form method="post" action="/sign-in/code" novalidate><?php tokens();
if ($kept !== '') { ?><input type="hidden" name="kept" value="<?= h($kept) ?>"><?php } ?><input type="hidden" name="next" value="<?= h($next) ?>">
<?php input($form, 'code', t('Code'), autocomplete: 'one-time-code');
button(t('Continue')); ?>
</form>
</main>
