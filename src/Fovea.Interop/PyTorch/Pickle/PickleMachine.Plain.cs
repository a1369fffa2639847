using System.Globalization;
using System.Numerics;
using System.Text;

namespace Fovea.Interop.PyTorch;

/// <content>Numbers, texts and collections.</content>
internal sealed partial class PickleMachine
{
    private const int LongestNumber = 1 << 10;

    private static readonly object True = true,
        False = false;

    private bool Number(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'N':
                Push(null);
                break;
            case 0x88: // NEWTRUE
                Push(True);
                break;
            case 0x89: // NEWFALSE
                Push(False);
                break;
            case (byte)'I':
                string text = _input.Line();
                PushNew(text is "00" or "01" ? text == "01" : ParseLong(text));
                break;
            case (byte)'J':
                PushNew((long)_input.Int32());
                break;
            case (byte)'K':
                PushNew((long)_input.Byte());
                break;
            case (byte)'M':
                PushNew((long)_input.Number(2));
                break;
            case (byte)'L':
                PushNew(ParseLong(_input.Line().TrimEnd('L')));
                break;
            case 0x8A: // LONG1
                PushLong(_input.Byte());
                break;
            case 0x8B: // LONG4
                PushLong(_input.Int32());
                break;
            case (byte)'F':
                PushNew(ParseDouble(_input.Line()));
                break;
            case (byte)'G':
                PushNew(_input.Double());
                break;
            default:
                return false;
        }

        return true;
    }

    private bool Text(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'S':
                Push(Unquote(_input.Line()));
                break;
            case (byte)'T': // texts of Python 2: bytes that are most often a name
                PushNew(Encoding.Latin1.GetString(_input.Bytes(_input.Number(4), _budget)));
                break;
            case (byte)'U':
                PushNew(Encoding.Latin1.GetString(_input.Bytes(_input.Byte(), _budget)));
                break;
            case (byte)'V':
                string line = _input.Line();
                PushNew(line, 2L * line.Length);
                break;
            case (byte)'X':
                PushNew(_input.Text(_input.Number(4), _budget));
                break;
            case 0x8C: // SHORT_BINUNICODE
                PushNew(_input.Text(_input.Byte(), _budget));
                break;
            case 0x8D: // BINUNICODE8
                PushNew(_input.Text(_input.Number(8), _budget));
                break;
            case (byte)'B':
                PushNew(_input.Bytes(_input.Number(4), _budget));
                break;
            case (byte)'C':
                PushNew(_input.Bytes(_input.Byte(), _budget));
                break;
            case 0x8E: // BINBYTES8
            case 0x96: // BYTEARRAY8
                PushNew(_input.Bytes(_input.Number(8), _budget));
                break;
            default:
                return false;
        }

        return true;
    }

    private bool Collection(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'(':
                _budget.Take(sizeof(int));
                _marks.Add(_stack.Count);
                break;
            case (byte)'0':
                PopOrMark();
                break;
            case (byte)'1':
                PopToMark();
                break;
            case (byte)'2':
                Push(Peek());
                break;
            case (byte)')':
                Push(Array.Empty<object?>());
                break;
            case (byte)'t':
                PushNew(PopToMark());
                break;
            case 0x85: // TUPLE1
                PushNew(new[] { Pop() });
                break;
            case 0x86: // TUPLE2
                object? second = Pop();
                PushNew(new[] { Pop(), second });
                break;
            case 0x87: // TUPLE3
                (object? c, object? b) = (Pop(), Pop());
                PushNew(new[] { Pop(), b, c });
                break;
            case (byte)']':
            case 0x8F: // EMPTY_SET
                PushNew(new PickleList());
                break;
            case (byte)'l':
            case 0x91: // FROZENSET
                PickleList list = new();
                list.Items.AddRange(PopToMark());
                PushNew(list);
                break;
            default:
                return Fill(opcode);
        }

        return true;
    }

    private bool Fill(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'a':
                Append([Pop()]);
                break;
            case (byte)'e':
            case 0x90: // ADDITEMS
                Append(PopToMark());
                break;
            case (byte)'}':
                PushNew(new PickleDictionary());
                break;
            case (byte)'d':
                object?[] pairs = PopToMark();
                PushNew(new PickleDictionary());
                SetItems(pairs);
                break;
            case (byte)'s':
                object? value = Pop();
                SetItems([Pop(), value]);
                break;
            case (byte)'u':
                SetItems(PopToMark());
                break;
            default:
                return false;
        }

        return true;
    }

    private void PopOrMark()
    {
        if (_marks.Count > 0 && _marks[^1] == _stack.Count)
        {
            _marks.RemoveAt(_marks.Count - 1);
        }
        else
        {
            Pop();
        }
    }

    private void Append(object?[] values)
    {
        List<object?> items = Peek() switch
        {
            PickleList list => list.Items,
            PickleObject unknown => unknown.Elements.Items,
            _ => throw Wrong("values are appended to what is no list"),
        };
        _budget.Take(16L * values.Length);
        items.AddRange(values);
    }

    private void SetItems(object?[] pairs)
    {
        List<(object?, object?)> items = Peek() switch
        {
            PickleDictionary dictionary => dictionary.Items,
            PickleObject unknown => unknown.Entries.Items,
            _ => throw Wrong("items are set in what is no dictionary"),
        };
        if (pairs.Length % 2 != 0)
        {
            throw Wrong("a key of a dictionary has no value");
        }

        _budget.Take(16L * pairs.Length);
        for (int i = 0; i < pairs.Length; i += 2)
        {
            items.Add((pairs[i], pairs[i + 1]));
        }
    }

    private void PushLong(int bytes)
    {
        if (bytes is < 0 or > LongestNumber)
        {
            throw Wrong($"a number of {bytes} bytes; up to {LongestNumber} are read");
        }

        BigInteger value = new(_input.Bytes((ulong)bytes, _budget));
        if (value >= long.MinValue && value <= long.MaxValue)
        {
            PushNew((long)value);
        }
        else
        {
            PushNew(value);
        }
    }

    private long ParseLong(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw Wrong("a whole number of 64 bits must stand here");

    private double ParseDouble(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw Wrong("a number must stand here");

    private string Unquote(string line)
    {
        _budget.Take(ObjectBytes + (2L * line.Length));
        return line.Length >= 2 && line[0] is '\'' or '"' && line[^1] == line[0]
            ? line[1..^1]
            : throw Wrong("a text in quotes must stand here");
    }
}
