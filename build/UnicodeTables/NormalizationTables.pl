#!/usr/bin/perl
# Writes src/LapeOps.Core/Tokenization/Unicode/NormalizationTables.cs from the Unicode data that Perl carries, cut down to the
# characters of Unicode 9.0, and of 8.0 for punctuation (property Age). What normalization says of an assigned character never changes, so any Perl whose
# Unicode is 9.0 or later writes the same, but for the categories of marks and punctuation, which the committed file has from Unicode 14.0.
# usage: perl build/UnicodeTables/NormalizationTables.pl > src/LapeOps.Core/Tokenization/Unicode/NormalizationTables.cs
use strict;
use warnings;
use Unicode::UCD qw(prop_invmap);

my $WIDTH = 114;
my $LIMIT = 0x110000;

# The ranges [first, last, value] of a property's map.
sub ranges {
    my ($starts, $values, $format) = prop_invmap(shift);
    my @ranges;
    for my $i (0 .. $#$starts) {
        last if $starts->[$i] >= $LIMIT;
        my $last = ($i < $#$starts ? $starts->[$i + 1] : $LIMIT) - 1;
        push @ranges, [$starts->[$i], $last, $values->[$i]];
    }
    return @ranges;
}

my (@in8, @in9);
for (ranges('Age')) {
    my ($first, $last, $age) = @$_;
    next unless $age =~ /^\d/;
    @in8[$first .. $last] = (1) x ($last - $first + 1) if $age <= 8.0;
    @in9[$first .. $last] = (1) x ($last - $first + 1) if $age <= 9.0;
}

sub per_character {
    my ($property, $keep) = @_;
    my %values;
    for (ranges($property)) {
        my ($first, $last, $value) = @$_;
        next unless $keep->($value);
        for my $c ($first .. $last) {
            $values{$c} = ref $value ? $value : $value + $c - $first if $in9[$c];
        }
    }
    return \%values;
}

my %classes;
my %type;
my %excluded;
my %mark;
# These were punctuation in Unicode 8.0, and are not any more.
my %punctuation = (0x166D => 1, 0x111C9 => 1);
for (ranges('Canonical_Combining_Class')) {
    my ($first, $last, $class) = @$_;
    next unless $class;
    push @{ $classes{$class} }, grep { $in9[$_] } $first .. $last;
}
for (ranges('Decomposition_Type')) {
    my ($first, $last, $type) = @$_;
    @type{$first .. $last} = ($type) x ($last - $first + 1) if $type ne 'None';
}
for (ranges('Full_Composition_Exclusion')) {
    my ($first, $last, $value) = @$_;
    @excluded{$first .. $last} = (1) x ($last - $first + 1) if $value eq 'Y';
}
for (ranges('General_Category')) {
    my ($first, $last, $category) = @$_;
    if ($category =~ /^M/) { $mark{$_} = 1 for grep { $in9[$_] } $first .. $last }
    if ($category =~ /^P/) { $punctuation{$_} = 1 for grep { $in8[$_] } $first .. $last }
}
my $mappings = per_character('Decomposition_Mapping', sub { ref $_[0] || $_[0] =~ /^[1-9]\d*$/ });

sub set {
    my @members = sort { $a <=> $b } @_;
    my @ranges;
    while (@members) {
        my $first = my $last = shift @members;
        $last = shift @members while @members && $members[0] == $last + 1;
        push @ranges, $first == $last ? sprintf('%X', $first) : sprintf('%X-%X', $first, $last);
    }
    return @ranges;
}

# Consecutive characters share an entry: FIRST=MAPPING,MAPPING.. or, where the mappings are consecutive too, FIRST-LAST=MAPPING.
sub decompositions {
    my @characters = sort { $a <=> $b } @_;
    my @entries;
    while (@characters) {
        my $first = my $last = shift @characters;
        my @run = ($mappings->{$first});
        while (@characters && $characters[0] == $last + 1) {
            $last = shift @characters;
            push @run, $mappings->{$last};
        }
        while (@run) {
            my $steps = 1;
            $steps++ while $steps < @run && !ref $run[0] && !ref $run[$steps] && $run[$steps] == $run[0] + $steps;
            if ($steps > 3) {
                push @entries, sprintf('%X-%X=%X', $first, $first + $steps - 1, $run[0]);
            }
            else {
                my $text = join ',', map { ref $_ ? join '+', map { sprintf '%X', $_ } @$_ : sprintf '%X', $_ } @run[0 .. $steps - 1];
                if (@entries && $entries[-1]->{end} == $first && length($entries[-1]->{text}) + length($text) < $WIDTH - 2) {
                    $entries[-1]{text} .= ",$text";
                    $entries[-1]{end} += $steps;
                }
                else {
                    push @entries, { text => sprintf('%X=%s', $first, $text), end => $first + $steps };
                }
            }
            $entries[-1] = { text => $entries[-1], end => -1 } unless ref $entries[-1];
            splice @run, 0, $steps;
            $first += $steps;
        }
    }
    return map { $_->{text} } @entries;
}

sub constant {
    my ($name, $summary, @words) = @_;
    my @lines = ('');
    for (@words) {
        push @lines, '' if length($lines[-1]) + length($_) + 1 > $WIDTH;
        $lines[-1] .= "$_ ";
    }
    $lines[-1] =~ s/ $//;
    return "    /// <summary>$summary</summary>\n    public const string $name =\n"
        . join(" +\n", map { qq(        "$_") } @lines) . ";\n";
}

my @canonical = grep { $type{$_} && $type{$_} eq 'Canonical' && !($_ >= 0xAC00 && $_ <= 0xD7A3) } keys %$mappings;
my @compatible = grep { $type{$_} && $type{$_} ne 'Canonical' } keys %$mappings;
my @pairs = grep { ref $mappings->{$_} && $excluded{$_} } @canonical;
my @classes = map { (sprintf('%d:', $_), set(@{ $classes{$_} })) } sort { $a <=> $b } grep { @{ $classes{$_} } } keys %classes;

binmode STDOUT;
print <<'END', join("\n",
namespace LapeOps.Tokenization.Unicode;

/// <summary>
/// What the normalization forms need to know of the characters of Unicode 9.0 (UAX #15), without the Hangul syllables, which are
/// computed. Code points are hexadecimal and ascending. Generated by build/UnicodeTables from the data that Perl carries
/// (UnicodeData.txt, DerivedAge.txt, DerivedNormalizationProps.txt 14.0.0, Unicode License v3).
/// </summary>
internal static class NormalizationTables
{
END
    constant('Classes', 'Canonical_Combining_Class other than 0: each class in decimal and its characters.', @classes),
    constant('Canonical', 'Canonical decompositions: FIRST=MAPPING,MAPPING.. of consecutive characters, or FIRST-LAST=MAPPING where the mappings are consecutive as well.', decompositions(@canonical)),
    constant('Compatibility', 'Compatibility decompositions, written likewise.', decompositions(@compatible)),
    constant('Excluded', 'Characters with a canonical decomposition into two that no two compose to (Full_Composition_Exclusion).', set(@pairs)),
    constant('Marks', 'The marks (Mn, Mc, Me).', set(keys %mark)),
    constant('Punctuation', 'The punctuation (P) of Unicode 8.0.', set(keys %punctuation))), "}\n";
