namespace Fovea.Data;

/// <summary>Pieces of an array read as one stream: the IDAT chunks of a PNG.</summary>
internal sealed class ChunkStream(byte[] bytes, IReadOnlyList<(int Offset, int Length)> pieces) : Stream
{
    private int _piece;
    private int _at;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => pieces.Sum(piece => (long)piece.Length);

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        while (_piece < pieces.Count && _at == pieces[_piece].Length)
        {
            (_piece, _at) = (_piece + 1, 0);
        }

        if (_piece == pieces.Count)
        {
            return 0;
        }

        int count = Math.Min(buffer.Length, pieces[_piece].Length - _at);
        bytes.AsSpan(pieces[_piece].Offset + _at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
